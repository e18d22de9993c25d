//! Lists.

use serde_json::{Value, json};

use super::Box;

fn office() -> Box {
    let office = Box::new();
    office.make("/extension-templates", json!({"name": "Desk", "department": "Sales"}));
    for (number, name, template) in
        [("20", "", None), ("101", "Anna", Some("Desk")), ("102", "Bea", None), ("1000", "Anna Maria", Some("Desk"))]
    {
        office.make("/extensions", json!({"number": number, "first_name": name, "template": template, "enabled": number != "102"}));
    }
    office
}

fn numbers(office: &Box, query: &str) -> Vec<String> {
    let answer = office.get(&format!("/extensions{query}"));
    assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    answer.body["items"].as_array().expect("items").iter().map(|item| item["number"].as_str().expect("a number").to_owned()).collect()
}

#[test]
fn a_list_is_searched_filtered_and_sorted() {
    let office = office();
    for (query, expected) in [
        ("", vec!["20", "101", "102", "1000"]),
        ("?q=anna", vec!["101", "1000"]),
        ("?q=maria%20ANNA", vec!["1000"]),
        ("?q=10", vec!["101", "102", "1000"]),
        ("?enabled=false", vec!["102"]),
        ("?template=desk", vec!["101", "1000"]),
        ("?template=1", vec!["101", "1000"]),
        ("?template=", vec!["20", "102"]),
        ("?department=sales", vec!["101", "1000"]),
        ("?number=101&first_name=anna", vec!["101"]),
        ("?sort=number", vec!["20", "101", "102", "1000"]),
        ("?sort=-number", vec!["1000", "102", "101", "20"]),
        ("?sort=first_name", vec!["20", "101", "1000", "102"]),
        ("?sort=id&limit=1&offset=1", vec!["101"]),
        ("?offset=10", vec![]),
    ] {
        assert_eq!(numbers(&office, query), expected, "{query}");
    }
}

#[test]
fn pages_link_to_the_next_and_the_one_before() {
    let office = office();
    let first = office.get("/extensions?q=a&limit=3&sort=-number");
    assert_eq!((&first.body["total"], &first.body["limit"], &first.body["offset"]), (&json!(3), &json!(3), &json!(0)));
    assert_eq!(first.header("Link"), "", "there is no other page");
    let mut target = "/extensions?limit=1&sort=-number".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = office.get(&target);
        seen.extend(page.body["items"].as_array().unwrap().iter().map(|item| item["number"].clone()));
        let links = page.header("Link").to_owned();
        assert_eq!(links.contains("rel=\"prev\""), seen.len() > 1, "{links}");
        let Some(next) = links.split(", ").find_map(|link| link.strip_suffix(">; rel=\"next\"")) else { break };
        target = next.strip_prefix("</api/v1").expect("a link of ours").to_owned();
    }
    assert_eq!(Value::from(seen), json!(["1000", "102", "101", "20"]));
}

#[test]
fn wrong_parameters_are_named() {
    let office = office();
    for (query, name, said) in [
        ("?numbr=1", "numbr", "did you mean \"number\""),
        ("?limit=0", "limit", "from 1 to 500"),
        ("?limit=501", "limit", "from 1 to 500"),
        ("?offset=x", "offset", "from 0"),
        ("?sort=nmber", "sort", "did you mean \"number\""),
        ("?service_pin=1234", "service_pin", "no such parameter"),
        ("?enabled=maybe", "enabled", "true or false"),
        ("?busy_level=many", "busy_level", "from 0 to 2000"),
        ("?busy_level=-1", "busy_level", "from 0 to 2000"),
        ("?lock_mode=shut", "lock_mode", "\"shut\" is not one of"),
    ] {
        let answer = office.get(&format!("/extensions{query}"));
        let errors = answer.errors();
        assert_eq!((answer.status, errors.len(), errors[0].0.as_str()), (400, 1, name), "{query}");
        assert!(errors[0].1.contains(said), "{query}: {errors:?}");
    }
}
