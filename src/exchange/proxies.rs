//! Outbound proxies of accounts: where each is. Who has one is reached by it alone, whatever its phone wrote (`docs/transports.md`).

use std::collections::BTreeMap;
use std::time::Duration;

use super::exchange::{Exchange, Output};
use super::line::{Located, Question};
use crate::base::{Flow, Instant, Now};
use crate::entry::Binding;
use crate::settings::{Account, OutboundProxy};
use crate::sip::uri::{Host, SipUri};

/// One is looked up again after at least, and at most, so long; where nobody knows it, after the first.
const HOLDS: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(600));

/// Every proxy that an account in service has.
#[derive(Debug, Default)]
pub struct Proxies(BTreeMap<OutboundProxy, Known>);

#[derive(Debug)]
struct Known {
    /// Where it is, if that is known.
    flow: Option<Flow>,
    question: Option<u64>,
    again: Instant,
}

impl Proxies {
    /// When one is to be looked up again.
    pub fn next(&self) -> Option<Instant> {
        self.0.values().filter(|known| known.question.is_none()).map(|known| known.again).min()
    }

    fn flow(&self, proxy: &OutboundProxy) -> Option<Flow> {
        self.0.get(proxy)?.flow
    }
}

impl Exchange {
    /// New settings: proxies that nobody has any more are forgotten, new ones are looked up.
    pub(super) fn update_proxies(&mut self, now: Now) {
        let settings = self.settings.clone();
        let wanted = settings.accounts.values().filter(|account| account.enabled).filter_map(|account| account.outbound_proxy.as_ref());
        let mut known = std::mem::take(&mut self.proxies.0);
        for proxy in wanted {
            let fresh = || Known { flow: None, question: None, again: now.mono };
            if !self.proxies.0.contains_key(proxy) {
                let known = known.remove(proxy).unwrap_or_else(fresh);
                self.proxies.0.insert(proxy.clone(), known);
            }
        }
        self.look_for_proxies(now);
    }

    /// Asks where those are that were asked for long ago.
    pub(super) fn look_for_proxies(&mut self, now: Now) {
        for (proxy, known) in &mut self.proxies.0 {
            if known.question.is_none() && known.again <= now.mono {
                let token = self.next_token;
                self.next_token += 1;
                known.question = Some(token);
                let question =
                    Question { token, host: proxy.host.clone(), port: proxy.port, transport: Some(proxy.transport), certificate: None };
                self.outputs.push_back(Output::Locate(question));
            }
        }
    }

    pub(super) fn proxy_located(&mut self, now: Now, located: &Located) {
        let Some(known) = self.proxies.0.values_mut().find(|known| known.question == Some(located.token)) else { return };
        known.question = None;
        known.again = now.mono + HOLDS.0;
        // What was known of it goes on to count.
        if let Some(flow) = located.outcome.as_ref().ok().and_then(|flows| flows.first()) {
            known.flow = Some(*flow);
            known.again = now.mono + located.holds.clamp(HOLDS.0, HOLDS.1);
        }
    }

    /// The way to an account's outbound proxy; the inner `None`: nobody knows where it is.
    pub(super) fn proxy_of(&self, account: &Account) -> Option<Option<Flow>> {
        account.outbound_proxy.as_ref().map(|proxy| self.proxies.flow(proxy))
    }
}

/// The Route values of a request to a binding, the first first: the account's outbound proxy, then the Path that its REGISTER came by.
pub fn routes(account: &Account, binding: &Binding) -> impl Iterator<Item = String> {
    let proxy = account.outbound_proxy.as_ref().map(|proxy| {
        let host = proxy.host.parse().map_or_else(|_| Host::Name(proxy.host.clone()), Host::Address);
        let mut uri = SipUri::new(None, host, proxy.port);
        uri.params.set("transport", Some(proxy.transport.uri_name()));
        uri.params.set("lr", None);
        format!("<{uri}>")
    });
    proxy.into_iter().chain(binding.texts.path().map(str::to_owned))
}
