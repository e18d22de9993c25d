//! A form as a browser sends it: every input with what stands in it, ticked boxes only, the chosen options.

/// The body of the form that goes to `action`, with what was typed in place of what stood there. What `typed` names more than once is a
/// list; a box is ticked by naming it with its value, and every box of a name that `typed` has is unticked otherwise. `-name` takes
/// all inputs of that name out.
pub fn read(page: &str, action: &str, typed: &[(&str, &str)]) -> String {
    let start = page.find(&format!("method=\"post\" action=\"{action}\"")).unwrap_or_else(|| panic!("no form to {action} in\n{page}"));
    let rest = &page[start..];
    let body = &rest[..rest.find("</form>").expect("the form ends")];
    let mut pairs: Vec<(String, String)> = Vec::new();
    let mut select = None;
    for tag in body.split('<').skip(1) {
        let inside = &tag[..tag.find('>').unwrap_or(tag.len())];
        let has = |name: &str| inside.split_whitespace().any(|word| word == name);
        let name = attribute(inside, "name");
        match inside.split_whitespace().next().unwrap_or("") {
            "input" => {
                let is_box = matches!(attribute(inside, "type").as_deref(), Some("checkbox" | "radio"));
                if let Some(name) = name.filter(|_| !is_box || has("checked")) {
                    let value = attribute(inside, "value").unwrap_or_else(|| if is_box { "on".to_owned() } else { String::new() });
                    pairs.push((name, value));
                }
            }
            "select" => select = name,
            "/select" => select = None,
            "option" => {
                if let Some(name) = &select {
                    let value = attribute(inside, "value").unwrap_or_default();
                    let is_first = !pairs.iter().any(|(known, _)| known == name);
                    if is_first {
                        pairs.push((name.clone(), value));
                    } else if has("selected") {
                        pairs.iter_mut().filter(|(known, _)| known == name).for_each(|(_, known)| *known = value.clone());
                    }
                }
            }
            "textarea" => pairs.extend(name.map(|name| (name, unescaped(tag.split_once('>').map_or("", |(_, text)| text))))),
            _ => {}
        }
    }
    let named: Vec<&str> = typed.iter().map(|(name, _)| name.trim_start_matches('-')).collect();
    pairs.retain(|(name, _)| !named.contains(&name.as_str()));
    pairs.extend(typed.iter().filter(|(name, _)| !name.starts_with('-')).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let encoded = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let mark = format!(" {name}=\"");
    let rest = &tag[tag.find(&mark)? + mark.len()..];
    Some(unescaped(&rest[..rest.find('"')?]))
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
