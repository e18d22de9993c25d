//! Every maximum of the appliance, in one place, with what happens when it is reached.

use std::time::Duration;

// --- SIP messages (sip/) ---

/// A SIP message, head and body. Longer: 513 where it can be routed, else the stream is closed; a WebSocket with code 1009.
pub const SIP_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// The head of a SIP message on a stream. Longer: the stream is closed.
pub const SIP_HEAD_BYTES_MAX: usize = 32 * 1024;
/// Header fields of a message, comma lists counted as they stand. More: 400.
pub const SIP_HEADER_FIELDS_MAX: usize = 256;
/// Values of one list header such as Via or Contact. More: 400.
pub const SIP_LIST_VALUES_MAX: usize = 64;
/// Parameters of one URI or header value. More: 400.
pub const SIP_PARAMETERS_MAX: usize = 64;
/// SIP messages waiting between the socket and the Exchange. More: the newest is dropped and counted.
pub const SIP_QUEUE_MAX: usize = 4096;
/// Stream connections that carry SIP. More: the new one is closed at once.
pub const SIP_CONNECTIONS_MAX: usize = 2048;
/// Of them, from one address. More: the new one is closed at once.
pub const SIP_CONNECTIONS_PER_SOURCE_MAX: usize = 256;
/// A stream is closed if its first message, or any that has begun, is not whole after this.
pub const SIP_MESSAGE_TIMEOUT: Duration = Duration::from_secs(30);
/// Connections that are to carry SIP and whose handshakes of TLS or WebSocket are not done. More: the oldest of the source that has most
/// gives way to the new one.
pub const SIP_HANDSHAKES_MAX: usize = 512;
/// Of them, from one address: an office behind NAT that has just got its power back. More: its own oldest gives way.
pub const SIP_HANDSHAKES_PER_SOURCE_MAX: usize = 128;
/// Connections between their handshake at the door and the signal thread, and wishes for new ones. More: closed, unavailable.
pub const SIP_HANDED_MAX: usize = 256;
/// Our own INVITEs stay below this where they travel as a datagram (RFC 3261 18.1.1). Longer: they lose what can be spared; if that is not
/// enough the phone is unavailable.
pub const SIP_OWN_INVITE_BYTES_MAX: usize = 1300;
/// The Contact URI and the Path values of a binding, together. Longer: 400, for no INVITE to it would fit.
pub const SIP_BINDING_BYTES_MAX: usize = 640;
/// The Call-ID and the `+sip.instance` of a REGISTER, each. Longer: 400.
pub const SIP_BINDING_NAME_BYTES_MAX: usize = 256;
/// Path values of a REGISTER. More: 400.
pub const SIP_PATH_VALUES_MAX: usize = 8;

// --- transactions and calls (sip/, exchange/) ---

/// Transactions alive at a time, theirs and ours apart. More: requests get 503, our own are not sent and count as unanswered.
pub const TRANSACTIONS_MAX: usize = 32_768;
/// Transactions alive from which on answered requests are not remembered for their repetitions, nor refused ones for their ACK.
pub const TRANSACTIONS_LINGERING_MAX: usize = 8_192;
/// Calls alive at a time. More: 503.
pub const CALLS_MAX: usize = 2_000;
/// Legs that one call may ring at a time. More: those after it are not rung.
pub const FORK_LEGS_MAX: usize = 32;
/// Early dialogs of one leg that we invited. More: the newest is ignored.
pub const EARLY_DIALOGS_MAX: usize = 16;
/// Extensions, boxes and numbers that one call may come to, the dialled one included (RFC 3261 16.3 by analogy). More: 482.
pub const CALL_HOPS_MAX: usize = 10;
/// Nodes of a plan that is shown without calling. More: what follows is named, not planned.
pub const PLAN_NODES_SHOWN_MAX: usize = 64;
/// Digest nonces that were proved, with the counts used. More: the oldest is forgotten, and stale.
pub const NONCES_MAX: usize = 16_384;

/// Realms that challenge one of our clients. More: the oldest is forgotten, and may challenge anew.
pub const CHALLENGES_MAX: usize = 4;
/// Offers of one phone in talk that the other side is asked about within [`OFFERS_CROSSING_WITHIN`]. More: 500 with Retry-After.
pub const OFFERS_CROSSING_MAX: usize = 5;
pub const OFFERS_CROSSING_WITHIN: Duration = Duration::from_secs(10);
/// Transfers that one party goes through without hanging up. More: 482 to the phone that transfers, and the call stays.
pub const CALL_TRANSFERS_MAX: u32 = 32;
/// Subscriptions of phones, all together. More: 503.
pub const SUBSCRIPTIONS_MAX: usize = 10_000;
/// Of them, by one account: a telephone with all its side consoles. More: 503.
pub const SUBSCRIPTIONS_PER_ACCOUNT_MAX: usize = 256;

/// Refused proofs noted in a minute, by source and reason. More: counted, not noted.
pub const REFUSALS_NOTED_MAX: usize = 256;
/// Of them, from one address. More: counted, not noted.
pub const REFUSALS_NOTED_PER_SOURCE_MAX: usize = 16;
/// Characters that are kept of a peer's own words: User-Agent, Call-ID, a name that nobody has. More: cut.
pub const QUOTED_CHARS_MAX: usize = 128;

// --- who is let in (guard/) ---

/// Sources that have proved no password, of which it is known how much they send. More: the one that was quiet longest begins anew.
pub const GUARD_STRANGERS_MAX: usize = 8_192;
/// Phones, sources and logins that have proved a password. More: the one that was quiet longest is a stranger again.
pub const GUARD_KNOWN_MAX: usize = 65_536;
/// Sources whose offences are counted. More: those that are nearly forgotten go, else the oldest.
pub const GUARD_SOURCES_MAX: usize = 4_096;
/// Pairs of source and name whose wrong passwords are counted. More: the same.
pub const GUARD_LOGINS_MAX: usize = 8_192;
/// Names whose wrong passwords are counted over all sources. More: the same.
pub const GUARD_ACCOUNTS_MAX: usize = 4_096;
/// Bans that stand. More: the one that ends first gives way.
pub const BANS_MAX: usize = 1_024;

// --- the messages of the newest calls (trace/) ---

/// All of them together. More: the oldest are forgotten.
pub const TRACE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Of one message. More: cut.
pub const TRACE_MESSAGE_BYTES_MAX: usize = 8 * 1024;

// --- lines ---

/// Addresses of a line that are tried. More: the first ones.
pub const LINE_TARGETS_MAX: usize = 16;
/// Records of a DNS reply that are looked at. More: the first ones.
pub const DNS_RECORDS_MAX: usize = 64;
/// A DNS reply over TCP. Longer: as if there were none.
pub const DNS_REPLY_BYTES_MAX: usize = 16 * 1024;

// --- SDP ---

/// Media descriptions of an SDP. More: 488.
pub const SDP_MEDIA_MAX: usize = 16;
/// Formats of one media description. More: the rest is ignored.
pub const SDP_FORMATS_MAX: usize = 64;
/// Attribute and bandwidth lines of an SDP, all sections together. More: the rest is ignored.
pub const SDP_ATTRIBUTES_MAX: usize = 512;

// --- media ---

/// A datagram on a media port. Longer: dropped and counted.
pub const MEDIA_PACKET_BYTES_MAX: usize = 1500;
/// Closed ports rest this long before they are given out again, so that late packets reach nobody else.
pub const MEDIA_PORT_REST: Duration = Duration::from_secs(30);
/// When all ports rest, one that rested this long is given out before its time.
pub const MEDIA_PORT_REST_MIN: Duration = Duration::from_secs(2);
/// Without RTP and RTCP from both sides for this long a call that is not held ends.
pub const MEDIA_SILENCE_MAX: Duration = Duration::from_secs(60);

// --- the web's door ---

/// Web connections at a time. More: the oldest of the source that has most gives way to the new one.
pub const WEB_CONNECTIONS_MAX: usize = 256;
/// Web connections from one address at a time. More: its own oldest gives way, or the new one is closed if all are being answered.
pub const WEB_CONNECTIONS_PER_SOURCE_MAX: usize = 32;
/// The head of an HTTP request. Longer: 431.
pub const WEB_HEAD_BYTES_MAX: usize = 16 * 1024;
/// The request target. Longer: 414.
pub const WEB_TARGET_BYTES_MAX: usize = 8 * 1024;
/// Header fields of an HTTP request. More: 431.
pub const WEB_HEADER_FIELDS_MAX: usize = 64;
/// The body of an ordinary HTTP request. Longer: 413.
pub const WEB_BODY_BYTES_MAX: usize = 1024 * 1024;
/// An HTTP head that has not arrived after this: 408.
pub const WEB_HEAD_TIMEOUT: Duration = Duration::from_secs(10);
/// An HTTP body that has not arrived after this: 408.
pub const WEB_BODY_TIMEOUT: Duration = Duration::from_secs(30);
/// A line of a chunked body that gives a chunk's size. Longer: 400.
pub const WEB_CHUNK_LINE_BYTES_MAX: usize = 256;
/// What follows the last chunk of a body. Longer: 400.
pub const WEB_TRAILER_BYTES_MAX: usize = 4 * 1024;
/// A kept-alive connection without a next request is closed after this.
pub const WEB_IDLE_TIMEOUT: Duration = Duration::from_secs(60);
/// A response that the peer has not taken after this: the connection is closed.
pub const WEB_WRITE_TIMEOUT: Duration = Duration::from_secs(60);
/// A TLS handshake that is not done after this: the connection is closed.
pub const TLS_HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// The web's threads have this long for a request, its wait for its turn counted. Longer: 503.
pub const WEB_BACKEND_TIMEOUT: Duration = Duration::from_secs(30);
/// A response of the web. Longer: 500.
pub const WEB_RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Web sessions at a time. More: the one idle longest ends.
pub const WEB_SESSIONS_MAX: usize = 512;
/// Requests that the door hands to the web's threads at a time; others wait their turn.
pub const WEB_BACKEND_MAX: usize = 16;

// --- the API ---

/// Answers to requests with an Idempotency-Key that are kept for one user. More: the oldest is forgotten.
pub const API_REPLAYS_PER_USER_MAX: usize = 200;
/// All these answers together. More: the oldest are forgotten.
pub const API_REPLAY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Changes of one request. More: a fault.
pub const API_CHANGES_MAX: usize = 1_000;
/// Streams of events at a time. More: 503.
pub const EVENT_STREAMS_MAX: usize = 32;
/// Events that a stream may catch up on. One that is further behind is told to read everything anew.
pub const EVENTS_REMEMBERED_MAX: usize = 256;

// --- settings ---

/// Extensions, accounts and the like, of each kind. More: the form says so.
pub const ENTITIES_MAX: usize = 20_000;
/// A text setting, in characters. Longer: a fault beside the field.
pub const TEXT_CHARS_MAX: usize = 200;
/// Digits of a number that is dialled or stored to be dialled. More: a fault beside the field.
pub const DIALLED_CHARS_MAX: usize = 32;
/// The keys of a code in talk. A setting with more is refused.
pub const TALK_CODE_KEYS_MAX: usize = 8;
/// Values of a list setting: groups, lines, rules. More: a fault beside the field.
pub const LIST_VALUES_MAX: usize = 500;
/// A settings file. Longer: refused whole.
pub const SETTINGS_FILE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Characters of a user's password, wherever it is set. Fewer: a fault beside the field.
pub const PASSWORD_CHARS_MIN: usize = 10;
/// The longest. Longer: a fault beside the field.
pub const PASSWORD_CHARS_MAX: usize = 200;
/// Characters of a phone's password: what is shorter is guessed within hours, over however many addresses. Fewer: a fault beside the field.
pub const SIP_PASSWORD_CHARS_MIN: usize = 8;
/// Digits of a service PIN: with three tries in five minutes a thousand are soon tried. Fewer: a fault beside the field.
pub const SERVICE_PIN_DIGITS_MIN: usize = 4;
/// The longest. Longer: a fault beside the field.
pub const SERVICE_PIN_DIGITS_MAX: usize = 16;
/// A recording that is uploaded: more than four minutes at 16 kHz. Longer: refused with what would be right.
pub const AUDIO_BYTES_MAX: usize = 8 * 1024 * 1024;
/// All recordings together. More: an upload is refused with a word on what to do.
pub const AUDIO_FOLDER_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// An upload: the recording, and the form around it.
pub const UPLOAD_BYTES_MAX: usize = AUDIO_BYTES_MAX + 64 * 1024;
/// Uploads of recordings at a time. More: 503, with a word on trying again.
pub const AUDIO_UPLOADS_MAX: usize = 2;

/// Saves that can be looked at. More: the oldest is forgotten.
pub const REVISIONS_MAX: usize = 10_000;

// --- the phonebook ---

/// A file of contacts. Longer: refused whole.
pub const IMPORT_FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Rows of it that are named with their fault. More: counted.
pub const IMPORT_FAULTS_MAX: usize = 100;
/// Persons of an XML phonebook. More: left out; the person types a name.
pub const XML_PERSONS_MAX: usize = 5_000;
/// Lines of a directory that Cisco's phones take. More: left out; the person types more of the name.
pub const CISCO_DIRECTORY_ENTRIES_MAX: usize = 32;

/// Passwords of users that are verified for XML phonebooks at once, of the four threads of the web: it takes half a second on a small board. More:
/// 503 with Retry-After.
pub const PHONEBOOK_VERIFICATIONS_MAX: usize = 2;

// --- the LDAP server ---

/// LDAP connections at a time. More: the oldest of the source that has most gives way.
pub const LDAP_CONNECTIONS_MAX: usize = 512;
/// LDAP connections from one address at a time. More: its oldest gives way.
pub const LDAP_CONNECTIONS_PER_SOURCE_MAX: usize = 32;
/// An LDAP message. Longer: the connection is closed after a notice of disconnection.
pub const LDAP_MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Filters within filters. Deeper: the connection is closed after a notice.
pub const LDAP_FILTER_DEPTH_MAX: usize = 16;
/// Parts of one filter. More: the connection is closed after a notice.
pub const LDAP_FILTER_PARTS_MAX: usize = 256;
/// Entries of one search. More: sizeLimitExceeded; a client that pages may have all.
pub const LDAP_ENTRIES_MAX: usize = 5_000;
/// Entries of one page. A client that asks for more gets so many.
pub const LDAP_PAGE_ENTRIES_MAX: usize = 1_000;
/// Paged searches that a connection may have begun. More: the oldest is forgotten.
pub const LDAP_PAGED_SEARCHES_MAX: usize = 4;
/// About so many bytes of entries are made at a time, for a peer that reads slowly.
pub const LDAP_CHUNK_BYTES: usize = 16 * 1024;
/// A search that its peer has not taken after this: timeLimitExceeded.
pub const LDAP_SEARCH_TIMEOUT: Duration = Duration::from_secs(60);
/// A connection on which nobody has bound is closed after this.
pub const LDAP_BIND_TIMEOUT: Duration = Duration::from_secs(30);
/// A connection on which nothing has happened is closed after this. Phones connect anew.
pub const LDAP_IDLE_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// What the peer has not taken after this: the connection is closed.
pub const LDAP_WRITE_TIMEOUT: Duration = Duration::from_secs(30);
/// Passwords verified at a time, 19 MiB each; others wait their turn.
pub const LDAP_VERIFICATIONS_MAX: usize = 2;

// --- records ---

/// Keys that a party is told one after the other. More are dropped: a flood of keys costs its sender the keys.
pub const PRESSED_AHEAD_MAX: usize = 64;

/// Calls on record. More: the oldest is forgotten.
pub const CALL_RECORDS_MAX: usize = 500_000;
/// Events on record. More: the oldest is forgotten.
pub const EVENTS_MAX: usize = 100_000;
/// Calls and events that wait to be written, while a disk is full. More: the oldest is lost.
pub const RECORDS_WAITING_MAX: usize = 20_000;
/// Requests that wait for the store. More: a REGISTER gets 503, others wait.
pub const STORE_QUEUE_MAX: usize = 4_096;

const _: () = {
    assert!(RECORDS_WAITING_MAX <= EVENTS_MAX && EVENTS_MAX <= CALL_RECORDS_MAX);
    assert!(SIP_HEAD_BYTES_MAX < SIP_MESSAGE_BYTES_MAX);
    assert!(SIP_HANDSHAKES_PER_SOURCE_MAX < SIP_HANDSHAKES_MAX && SIP_HANDSHAKES_MAX < SIP_CONNECTIONS_MAX);
    assert!(SIP_OWN_INVITE_BYTES_MAX < SIP_HEAD_BYTES_MAX);
    assert!(2 * SIP_BINDING_BYTES_MAX <= SIP_OWN_INVITE_BYTES_MAX);
    assert!(SIP_PATH_VALUES_MAX <= SIP_LIST_VALUES_MAX);
    assert!(CALLS_MAX * 8 < TRANSACTIONS_MAX);
    assert!(REFUSALS_NOTED_PER_SOURCE_MAX < REFUSALS_NOTED_MAX);
    assert!(TRANSACTIONS_LINGERING_MAX < TRANSACTIONS_MAX / 2);
    assert!(GUARD_STRANGERS_MAX.is_power_of_two() && GUARD_KNOWN_MAX.is_power_of_two());
    assert!(TRACE_MESSAGE_BYTES_MAX * 64 < TRACE_BYTES_MAX && TRACE_MESSAGE_BYTES_MAX < SIP_MESSAGE_BYTES_MAX);
    assert!(BANS_MAX <= GUARD_SOURCES_MAX && GUARD_SOURCES_MAX <= GUARD_LOGINS_MAX);
    assert!(EARLY_DIALOGS_MAX <= SIP_LIST_VALUES_MAX);
    assert!(WEB_TARGET_BYTES_MAX < WEB_HEAD_BYTES_MAX);
    assert!(WEB_CONNECTIONS_PER_SOURCE_MAX < WEB_CONNECTIONS_MAX);
    assert!(WEB_BACKEND_MAX <= WEB_CONNECTIONS_MAX);
    assert!(WEB_BODY_BYTES_MAX < SETTINGS_FILE_BYTES_MAX);
    assert!(WEB_BODY_BYTES_MAX < UPLOAD_BYTES_MAX && AUDIO_BYTES_MAX < WEB_RESPONSE_BYTES_MAX);
    assert!(EVENT_STREAMS_MAX < WEB_CONNECTIONS_MAX / 2);
    assert!(API_REPLAY_BYTES_MAX < WEB_RESPONSE_BYTES_MAX);
    assert!(LDAP_CONNECTIONS_PER_SOURCE_MAX < LDAP_CONNECTIONS_MAX);
    assert!(LDAP_PAGE_ENTRIES_MAX <= LDAP_ENTRIES_MAX && LDAP_ENTRIES_MAX <= ENTITIES_MAX);
    assert!(LDAP_CHUNK_BYTES < LDAP_MESSAGE_BYTES_MAX);
};
