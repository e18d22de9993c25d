//! `GET /metrics`: what the box counts, in the text format of Prometheus 0.0.4. `docs/metrics.md` names each.
//!
//! Names and units are by Prometheus' conventions: `_total` for what only grows, seconds and bytes, one family a question, labels for its
//! parts. Labels have few values, all of them known beforehand, so that no peer can make the list long.

use std::fmt::{Display, Write as _};
use std::time::Duration;

use crate::exchange::status::{Counters, Phase, Status};
use crate::text::api as words;

use super::api::{Caller, Problem, language};
use super::http::{Request, Response};
use super::permit::{self, Verdict};
use super::{Context, http};

const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub fn answer(context: &Context<'_>, request: &Request) -> Response {
    let found = Caller::find(context, request).and_then(|caller| {
        let path: Vec<&str> = request.segments.iter().map(String::as_str).collect();
        match permit::decide(request.method, &path, Some(caller.asker())) {
            Verdict::Granted => Ok(()),
            Verdict::WrongMethod => Err(Problem::new(405, words::FORBIDDEN).with_header("Allow", "GET, HEAD")),
            _ => Err(Problem::new(403, words::FORBIDDEN)),
        }
    });
    match found {
        Err(problem) => problem.response(language(request, None)),
        Ok(()) => http::Response {
            status: 200,
            headers: vec![("Content-Type", CONTENT_TYPE.to_owned()), ("Cache-Control", "no-store".to_owned())],
            body: text(context).into_bytes(),
            delay: Duration::ZERO,
        },
    }
}

fn text(context: &Context<'_>) -> String {
    let (status, settings) = (&*context.status, &context.settings);
    let mut page = Page::default();
    page.family("trillo_info", "gauge", "The version that runs.").sample(&[("version", context.version)], 1);
    page.family("trillo_uptime_seconds", "gauge", "Since the program started.").sample(&[], status.uptime.as_secs_f64());
    page.family("trillo_settings_revision", "gauge", "The revision of the settings.").sample(&[], settings.revision);
    if let Some(bytes) = (context.memory)() {
        page.family("process_resident_memory_bytes", "gauge", "Memory that the program takes.").sample(&[], bytes);
    }
    state(&mut page, status, settings.accounts.len());
    counters(&mut page, &status.counters);
    page.text
}

/// What is so now.
fn state(page: &mut Page, status: &Status, accounts: usize) {
    page.family("trillo_accounts", "gauge", "SIP accounts in the settings.").sample(&[], accounts);
    let count = |is_so: &dyn Fn(bool, bool) -> bool| status.registrations.iter().filter(|one| is_so(one.connected, one.reachable)).count();
    page.family("trillo_registrations", "gauge", "Accounts that are registered, by how they can be reached.")
        .sample(&[("state", "reachable")], count(&|connected, reachable| connected && reachable))
        .sample(&[("state", "unreachable")], count(&|connected, reachable| connected && !reachable))
        .sample(&[("state", "not_connected")], count(&|connected, _| !connected));
    let calls = |phase| status.calls.iter().filter(|call| call.phase == phase).count();
    page.family("trillo_calls", "gauge", "Calls that go on, by phase.")
        .sample(&[("phase", "ringing")], calls(Phase::Ringing))
        .sample(&[("phase", "talking")], calls(Phase::Talking))
        .sample(&[("phase", "held")], calls(Phase::Held));
    page.family("trillo_bans", "gauge", "Bans that stand.").sample(&[], status.bans.len());
}

/// What was since the start.
fn counters(page: &mut Page, counters: &Counters) {
    page.family("trillo_calls_started_total", "counter", "Calls that were admitted.").sample(&[], counters.calls_started);
    page.family("trillo_calls_ended_total", "counter", "Calls that have ended, by outcome.");
    for (outcome, count) in counters.calls_ended.iter() {
        page.sample(&[("outcome", outcome)], count);
    }
    page.family("trillo_registrations_accepted_total", "counter", "REGISTERs that were granted.")
        .sample(&[], counters.registrations_accepted);
    page.family("trillo_digests_refused_total", "counter", "Wrong names and passwords.").sample(&[], counters.digests_refused);
    page.family("trillo_bans_made_total", "counter", "Bans that were made.").sample(&[], counters.bans_made);
    page.family("trillo_sip_messages_total", "counter", "SIP messages.")
        .sample(&[("direction", "received")], counters.messages_received)
        .sample(&[("direction", "sent")], counters.messages_sent);
    page.family("trillo_sip_answers_total", "counter", "Final answers to requests of others, by method and class.");
    for (method, class, count) in counters.answers.iter() {
        page.sample(&[("method", method), ("class", &format!("{class}xx"))], count);
    }
    page.family("trillo_sip_dropped_total", "counter", "Packets that were not answered, by why.")
        .sample(&[("reason", "malformed")], counters.messages_dropped)
        .sample(&[("reason", "share")], counters.packets_slowed)
        .sample(&[("reason", "banned")], counters.packets_of_banned);
    let media = &counters.media;
    page.family("trillo_rtp_packets_total", "counter", "RTP packets of flows that were closed.")
        .sample(&[("direction", "received")], media.packets_received)
        .sample(&[("direction", "sent")], media.packets_sent);
    page.family("trillo_rtp_packets_lost_total", "counter", "RTP packets that never came, of flows that were closed.")
        .sample(&[], media.packets_lost);
    page.family("trillo_rtp_packets_refused_total", "counter", "RTP packets that were not taken, of flows that were closed.")
        .sample(&[], media.packets_refused);
}

#[derive(Default)]
struct Page {
    text: String,
    name: &'static str,
}

impl Page {
    fn family(&mut self, name: &'static str, kind: &str, help: &str) -> &mut Page {
        self.name = name;
        // Writing to a text cannot fail.
        let _ = writeln!(self.text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        self
    }

    fn sample(&mut self, labels: &[(&str, &str)], value: impl Display) -> &mut Page {
        let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(self.text, "{}{labels} {value}", self.name);
        self
    }
}
