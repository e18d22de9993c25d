use std::fmt;

macro_rules! names {
    ($($variant:ident $long:literal $compact:literal,)*) => {
        /// The name of a header field. Known names are equal whatever their case or compact form; unknown ones keep their spelling.
        #[derive(Clone, Debug, Eq)]
        pub enum Name {
            $($variant,)*
            Other(Box<str>),
        }

        /// Name, its spelling when written, its compact form (RFC 3261 7.3.3 and the RFCs that added some).
        const KNOWN: &[(Name, &str, &str)] = &[$((Name::$variant, $long, $compact)),*];

        impl Name {
            pub fn as_str(&self) -> &str {
                match self {
                    $(Name::$variant => $long,)*
                    Name::Other(token) => token,
                }
            }
        }
    };
}

names! {
    Accept "Accept" "",
    Alert "Alert-Info" "",
    Allow "Allow" "",
    AllowEvents "Allow-Events" "u",
    Authorization "Authorization" "",
    CallId "Call-ID" "i",
    Contact "Contact" "m",
    ContentDisposition "Content-Disposition" "",
    ContentEncoding "Content-Encoding" "e",
    ContentLength "Content-Length" "l",
    ContentType "Content-Type" "c",
    CSeq "CSeq" "",
    Date "Date" "",
    Event "Event" "o",
    Expires "Expires" "",
    From "From" "f",
    InfoPackage "Info-Package" "",
    MaxForwards "Max-Forwards" "",
    MinExpires "Min-Expires" "",
    MinSe "Min-SE" "",
    PAssertedIdentity "P-Asserted-Identity" "",
    Path "Path" "",
    Privacy "Privacy" "",
    ProxyAuthenticate "Proxy-Authenticate" "",
    ProxyAuthorization "Proxy-Authorization" "",
    ProxyRequire "Proxy-Require" "",
    RAck "RAck" "",
    RSeq "RSeq" "",
    Reason "Reason" "",
    RecordRoute "Record-Route" "",
    RecvInfo "Recv-Info" "",
    ReferSub "Refer-Sub" "",
    ReferTo "Refer-To" "r",
    ReferredBy "Referred-By" "b",
    Replaces "Replaces" "",
    Require "Require" "",
    RetryAfter "Retry-After" "",
    Route "Route" "",
    Server "Server" "",
    SessionExpires "Session-Expires" "x",
    Subject "Subject" "s",
    SubscriptionState "Subscription-State" "",
    Supported "Supported" "k",
    Timestamp "Timestamp" "",
    To "To" "t",
    Unsupported "Unsupported" "",
    UserAgent "User-Agent" "",
    Via "Via" "v",
    Warning "Warning" "",
    WwwAuthenticate "WWW-Authenticate" "",
}

impl Name {
    pub fn from_token(token: &str) -> Name {
        let known = if token.len() == 1 {
            KNOWN.iter().find(|(_, _, compact)| compact.eq_ignore_ascii_case(token))
        } else {
            KNOWN.iter().find(|(_, long, _)| long.len() == token.len() && long.eq_ignore_ascii_case(token))
        };
        known.map_or_else(|| Name::Other(token.into()), |(name, _, _)| name.clone())
    }
}

impl PartialEq for Name {
    fn eq(&self, other: &Name) -> bool {
        match (self, other) {
            (Name::Other(a), Name::Other(b)) => a.eq_ignore_ascii_case(b),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_finds_its_name() {
        for (name, long, compact) in KNOWN {
            assert_eq!(&Name::from_token(&long.to_uppercase()), name);
            assert_eq!(name.as_str(), *long);
            if !compact.is_empty() {
                assert_eq!(&Name::from_token(compact), name);
            }
        }
    }

    #[test]
    fn unknown_names_keep_their_spelling() {
        assert_eq!(Name::from_token("X-Own").as_str(), "X-Own");
        assert_eq!(Name::from_token("X-Own"), Name::from_token("x-own"));
        assert_ne!(Name::from_token("z"), Name::Via);
    }
}
