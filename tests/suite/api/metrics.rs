//! `/metrics` as Prometheus reads it: the names, the form, and who may.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;
use trillo::entry::Outcome;

use super::Box;

/// Reads the text format 0.0.4 as strictly as promtool does: sample -> value.
fn read(text: &str) -> BTreeMap<String, f64> {
    let (mut samples, mut family, mut seen) = (BTreeMap::new(), String::new(), BTreeSet::new());
    let mut lines = text.lines();
    assert!(text.ends_with('\n'), "the last line ends");
    while let Some(line) = lines.next() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            let (name, words) = help.split_once(' ').expect("a name and words");
            assert!(seen.insert(name.to_owned()), "{name} comes once");
            assert!(words.ends_with('.') && !words.contains('\\'), "{help}");
            let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} "))).expect("HELP, then TYPE");
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
            assert!(matches!(kind, "counter" | "gauge"));
            family = name.to_owned();
            continue;
        }
        let (sample, value) = line.rsplit_once(' ').expect("a sample and its value");
        let labels = sample.strip_prefix(&family).expect("samples stand below their family");
        if !labels.is_empty() {
            let inside = labels.strip_prefix('{').and_then(|labels| labels.strip_suffix('}')).expect("labels in braces");
            for label in inside.split(',') {
                let (name, value) = label.split_once('=').expect("name and value");
                assert!(name.bytes().all(|byte| byte.is_ascii_lowercase()), "{label}");
                assert!(value.len() >= 2 && value.starts_with('"') && value.ends_with('"'), "{label}");
            }
        }
        let value: f64 = value.parse().expect("a number");
        assert!(samples.insert(sample.to_owned(), value).is_none(), "{sample} stands once");
    }
    samples
}

#[test]
fn what_is_counted_is_there_in_the_form_of_prometheus() {
    let mut office = Box::new();
    office.status.counters.calls_started = 3;
    office.status.counters.calls_ended.count(Outcome::Busy);
    office.status.counters.packets_slowed = 7;
    office.status.counters.media.packets_lost = 5;
    let answer = office.send("GET", "/metrics", &[("authorization", "Bearer trillo_reader")], b"");
    assert_eq!((answer.status, answer.header("Content-Type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    let samples = read(&answer.text());
    for (sample, value) in [
        ("trillo_calls_started_total", 3.0),
        ("trillo_calls_ended_total{outcome=\"busy\"}", 1.0),
        ("trillo_calls_ended_total{outcome=\"answered\"}", 0.0),
        ("trillo_sip_dropped_total{reason=\"share\"}", 7.0),
        ("trillo_rtp_packets_lost_total", 5.0),
        ("trillo_registrations{state=\"reachable\"}", 0.0),
        ("trillo_info{version=\"test\"}", 1.0),
        ("process_resident_memory_bytes", 1e6),
    ] {
        assert_eq!(samples.get(sample), Some(&value), "{sample}");
    }
    // The page of documentation names each family, and no other.
    let page = include_str!("../../../docs/metrics.md");
    let named: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let text = answer.text();
    let families: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("# HELP ")?.split(' ').next()).collect();
    assert_eq!(named, families);
}

#[test]
fn who_may_see_what_goes_on_may_see_the_metrics() {
    let office = Box::new();
    let ask = |headers: &[(&str, &str)]| office.send("GET", "/metrics", headers, b"").status;
    assert_eq!(ask(&[]), 401);
    assert_eq!(ask(&[("authorization", "Bearer trillo_wrong")]), 401);
    assert_eq!(ask(&[("authorization", "Bearer trillo_desk")]), 403);
    assert_eq!(ask(&[("authorization", "Bearer trillo_privacy")]), 200);
    let wrong = office.send("POST", "/metrics", &[("authorization", "Bearer trillo_boss")], b"");
    assert_eq!((wrong.status, &wrong.body["status"]), (405, &json!(405)));
}
