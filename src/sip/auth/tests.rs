//! The examples of RFC 7616 3.9.1, RFC 2617 3.5 and RFC 8760, what phones write, and what they must not.

use super::*;
use crate::base::{Dice, Now};

const RFC_7616: &str = "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=ALGORITHM, \
    nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, \
    response=\"RESPONSE\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";

#[test]
fn the_examples_of_rfc_7616_verify() {
    let table = [
        (Algorithm::Md5, "8ca523f5e9506fed4657c9700eebdbec"),
        (Algorithm::Sha256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ];
    for (algorithm, response) in table {
        let ha1 = algorithm.hash(&[b"Mufasa", b"http-auth@example.org", b"Circle of Life"]);
        let text = RFC_7616.replace("ALGORITHM", algorithm.name()).replace("RESPONSE", response);
        let credentials = Credentials::parse(&text).unwrap();
        assert_eq!((credentials.algorithm, credentials.nc()), (algorithm, Some(1)));
        assert!(credentials.verify(ha1.as_bytes(), "GET"));
        assert!(!credentials.verify(ha1.as_bytes(), "POST"));
        let shouted = Credentials::parse(&text.replace(response, &response.to_uppercase())).unwrap();
        assert!(shouted.verify(ha1.as_bytes(), "GET"));
        for wrong in ["", &response[1..], &format!("{response}0"), &response.replace('8', "9"), "é"] {
            let credentials = Credentials::parse(&text.replace(response, wrong)).unwrap();
            assert!(!credentials.verify(ha1.as_bytes(), "GET"), "{wrong}");
        }
    }
}

#[test]
fn an_answer_without_qop_verifies() {
    let ha1 = Algorithm::Md5.hash(&[b"Mufasa", b"testrealm@host.com", b"Circle Of Life"]);
    let text = "Digest username=\"Mufasa\",realm=\"testrealm@host.com\",nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\",uri=\"/dir/index.html\",\
        response=\"670fd8c2df070c60b045671b8b24ff02\"";
    let credentials = Credentials::parse(text).unwrap();
    assert_eq!((credentials.algorithm, credentials.nc()), (Algorithm::Md5, None));
    assert!(credentials.verify(ha1.as_bytes(), "GET"));
}

#[test]
fn phones_may_quote_and_space_as_they_like() {
    let plain = Credentials::parse(
        "Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"sip:b\", response=\"00\", algorithm=MD5, qop=auth, nc=0000000a, cnonce=\"c\"",
    );
    let table = [
        "digest username=\"a\",realm=\"r\",nonce=\"n\",uri=\"sip:b\",response=\"00\",algorithm=\"md5\",qop=\"auth\",nc=\"0000000a\",cnonce=\"c\"",
        "DIGEST  Username = \"a\" , REALM= \"r\",nonce =\"n\",\r\n uri=\"sip:b\",response=00,algorithm=MD5,qop=Auth,nc=0000000a,cnonce=c,",
        "Digest ,, username=\"\\a\", realm=\"r\", nonce=\"n\", uri=\"sip:b\", response=\"00\", qop=auth, nc=0000000a, cnonce=\"c\", auth=\"x, y=z\"",
    ];
    assert_eq!(plain.as_ref().unwrap().nc(), Some(10));
    for text in table {
        assert_eq!(Credentials::parse(text), plain, "{text}");
    }
}

#[test]
fn what_cannot_be_used_is_named() {
    let check = |text: &str, expected| assert_eq!(Credentials::parse(text).unwrap_err(), expected, "{text}");
    check("", Malformed::Scheme);
    check("Digest", Malformed::Scheme);
    check("Basic dXNlcjpwYXNz", Malformed::Scheme);
    check("Digest username=\"a\", algorithm=MD5-sess", Malformed::Algorithm);
    check("Digest username=\"a\", algorithm=SHA-512-256", Malformed::Algorithm);
    check("Digest nonce=\"n\"", Malformed::Parameter("username"));
    check("Digest username=\"a\", username=\"b\"", Malformed::Parameter("every parameter once"));
    check("Digest username=\"a", Malformed::Parameter("a closing quote"));
    check("Digest username=\"a\\", Malformed::Parameter("a closing quote"));
    check("Digest username=\"a\" realm=\"b\"", Malformed::Parameter("a comma between parameters"));
    check("Digest username", Malformed::Parameter("name=value"));
    check("Digest =x", Malformed::Parameter("every parameter once"));
    check("Digest username=\"a\", qop=auth-int, nc=00000001, cnonce=\"c\"", Malformed::Parameter("qop=auth"));
    for nc in ["1", "000000001", "0000000g", "+0000001", "-0000001", ""] {
        check(&format!("Digest qop=auth, nc={nc}, cnonce=c"), Malformed::Parameter("nc of 8 hexadecimal digits"));
    }
    check("Digest qop=auth, nc=00000001", Malformed::Parameter("cnonce"));
    let many: String = (0..100).map(|i| format!("p{i}=1,")).collect();
    check(&format!("Digest {many}"), Malformed::Parameter("every parameter once"));
}

#[test]
fn a_challenge_is_written_as_phones_expect() {
    let challenge = Challenge::new("trillo", "abc".to_owned(), Algorithm::Md5, false);
    assert_eq!(challenge.to_string(), "Digest realm=\"trillo\", nonce=\"abc\", algorithm=MD5, qop=\"auth\"");
    let stale = Challenge::new("a \"b\"\r\nc", "abc".to_owned(), Algorithm::Sha256, true);
    assert_eq!(stale.to_string(), "Digest realm=\"a \\\"b\\\"  c\", nonce=\"abc\", algorithm=SHA-256, qop=\"auth\", stale=true");
}

#[test]
fn a_client_and_a_server_of_ours_agree() {
    let mut dice = Dice::from_number(4);
    let office = crate::base::Source::from(std::net::IpAddr::from([192, 0, 2, 1]));
    let mut nonces = Nonces::new(&NonceKey::new([1; 32]));
    let now = Now::default();
    for algorithm in Algorithm::ALL {
        for qop in [true, false] {
            let issued = Challenge { qop, ..Challenge::new("the realm", nonces.issue(now, &mut dice, office), algorithm, false) };
            let challenge = Challenge::parse(&issued.to_string()).unwrap();
            assert_eq!(challenge, issued);
            let ha1 = algorithm.hash(&[b"100", b"the realm", b"secret"]);
            let attempt = Attempt { username: "100", ha1: ha1.as_bytes(), method: "INVITE", uri: "sip:101@pbx", cnonce: "x", nc: 171 };
            let credentials = Credentials::parse(&challenge.answer(&attempt)).unwrap();
            assert_eq!((credentials.nc(), credentials.algorithm), (qop.then_some(171), algorithm));
            assert!(credentials.verify(ha1.as_bytes(), "INVITE"));
            assert!(!credentials.verify(ha1.as_bytes(), "REGISTER"));
            assert!(!credentials.verify(algorithm.hash(&[b"100", b"the realm", b"wrong"]).as_bytes(), "INVITE"));
            assert_eq!(nonces.check(now, &credentials.nonce, credentials.nc(), office), Freshness::Fresh);
            assert_eq!(nonces.check(now, &credentials.nonce, credentials.nc(), office), Freshness::Stale);
        }
    }
}

#[test]
fn a_challenge_of_a_line_is_read() {
    let text = "Digest realm=\"biloxi.com\", qop=\"auth,auth-int\", nonce=\"dcd9\", opaque=\"5ccc\", stale=TRUE, domain=\"sip:ss1\"";
    let challenge = Challenge::parse(text).unwrap();
    assert_eq!((challenge.qop, challenge.stale, challenge.algorithm), (true, true, Algorithm::Md5));
    let attempt = Attempt { username: "bob", ha1: b"00", method: "INVITE", uri: "sip:a", cnonce: "c", nc: 1 };
    assert!(challenge.answer(&attempt).ends_with("qop=auth, nc=00000001, cnonce=\"c\", opaque=\"5ccc\""));
    assert_eq!(Challenge::parse("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""), Err(Malformed::Parameter("qop=auth")));
}

#[test]
fn mutated_credentials_never_panic_and_never_verify_by_chance() {
    let mut dice = Dice::from_number(6);
    let ha1 = Algorithm::Md5.hash(&[b"Mufasa", b"http-auth@example.org", b"Circle of Life"]);
    let good = RFC_7616.replace("ALGORITHM", "MD5").replace("RESPONSE", "8ca523f5e9506fed4657c9700eebdbec");
    let signed = |credentials: &Credentials| (credentials.nonce.clone(), credentials.uri.clone(), credentials.qop.clone());
    let original = Credentials::parse(&good).unwrap();
    for _ in 0..20_000 {
        let mut bytes = good.clone().into_bytes();
        for _ in 0..=dice.below(3) {
            let at = dice.below(bytes.len() as u32) as usize;
            match dice.below(3) {
                0 => bytes[at] = dice.u32() as u8,
                1 => drop(bytes.remove(at)),
                _ => bytes.insert(at, b"\",=\\ \r\n"[dice.below(7) as usize]),
            }
        }
        if let Ok(credentials) = Credentials::parse(&String::from_utf8_lossy(&bytes))
            && credentials.verify(ha1.as_bytes(), "GET")
        {
            assert_eq!(signed(&credentials), signed(&original));
        }
    }
}

#[test]
fn a_proof_is_good_for_what_it_names_however_phones_write_it() {
    let check = |proved: &str, method: Method, asked: &str, expected: bool| {
        let text = format!("Digest username=\"a\", realm=\"r\", nonce=\"n\", uri=\"{proved}\", response=\"00\"");
        let credentials = Credentials::parse(&text).unwrap();
        assert_eq!(credentials.is_meant_for(&method, &Uri::parse(asked).unwrap()), expected, "{proved} for {method} {asked}");
    };
    let register = |proved: &str, expected| check(proved, Method::Register, "sip:pbx.example", expected);
    for same in [
        "sip:pbx.example",
        // A port, or the scheme's own one written out.
        "sip:pbx.example:5060",
        "sip:pbx.example:5070",
        // Parameters of the URI.
        "sip:pbx.example;transport=udp",
        "sip:pbx.example;transport=tcp;lr",
        // The address where the other has the name, in other case, over TLS.
        "sip:192.0.2.1",
        "sip:PBX.Example",
        "sips:pbx.example",
        // The user, who belongs into To.
        "sip:101@pbx.example",
    ] {
        register(same, true);
    }
    check("sip:pbx.example", Method::Register, "sip:101@pbx.example", true);
    register("mailto:pbx", false);
    register("pbx.example", false);
    register("", false);

    let invite = |proved: &str, expected| check(proved, Method::Invite, "sip:102@pbx.example", expected);
    for same in [
        "sip:102@pbx.example",
        "sip:102@192.0.2.1:5060",
        "sip:102@pbx.example;transport=tcp",
        "sip:102@pbx.example;user=phone",
        "sip:102;phone-context=x@pbx.example",
        "sip:%3102@pbx.example",
        "sips:102@pbx.example",
        "tel:102",
        // Nobody: made for whatever the box is asked.
        "sip:pbx.example",
        "sip:192.0.2.1:5060",
    ] {
        invite(same, true);
    }
    for other in ["sip:103@pbx.example", "sip:1023@pbx.example", "sip:102#@pbx.example", "tel:103", "102", ""] {
        invite(other, false);
    }
    check("sip:pbx.example", Method::Message, "sip:192.0.2.1", true);
    check("sip:102@pbx.example", Method::Message, "sip:192.0.2.1", false);
}
