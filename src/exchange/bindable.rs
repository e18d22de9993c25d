//! What a REGISTER may bind: addresses that can be called. The rest is refused with 400 and what is wrong, before anybody is asked for a
//! password, for no password could help.

use crate::base::limits::{SIP_BINDING_BYTES_MAX, SIP_BINDING_NAME_BYTES_MAX, SIP_PATH_VALUES_MAX};
use crate::sip::endpoint::Incoming;
use crate::sip::message::{Contacts, Name, NameAddr, split_list};
use crate::sip::uri::Uri;

/// The Contacts of a REGISTER, or what is wrong with it, as a reason phrase says it.
pub fn read(incoming: &Incoming) -> Result<Contacts, String> {
    let headers = &incoming.request.headers;
    if incoming.envelope.to.uri.as_sip().is_none() {
        return Err("To: expected a sip URI".to_owned());
    }
    if incoming.envelope.call_id.len() > SIP_BINDING_NAME_BYTES_MAX {
        return Err(format!("Call-ID: longer than {SIP_BINDING_NAME_BYTES_MAX} bytes"));
    }
    let contacts = Contacts::of(headers).map_err(|_| "Contact".to_owned())?;
    let path_bytes = read_path(headers.get_all(&Name::Path))?;
    if let Contacts::Some(contacts) = &contacts {
        for contact in contacts {
            check_contact(contact, path_bytes)?;
        }
    }
    Ok(contacts)
}

fn check_contact(contact: &NameAddr, path_bytes: usize) -> Result<(), String> {
    let Uri::Sip(uri) = &contact.uri else { return Err("Contact: expected a sip URI".to_owned()) };
    if uri.to_string().len() + path_bytes > SIP_BINDING_BYTES_MAX {
        return Err(format!("Contact: with Path longer than {SIP_BINDING_BYTES_MAX} bytes"));
    }
    if contact.params.get("+sip.instance").is_some_and(|instance| instance.len() > SIP_BINDING_NAME_BYTES_MAX) {
        return Err(format!("Contact: +sip.instance longer than {SIP_BINDING_NAME_BYTES_MAX} bytes"));
    }
    Ok(())
}

/// How long the Path values are together. Each names a proxy that routes loosely (RFC 3327 5.2), or requests would not find through it.
fn read_path<'a>(fields: impl Iterator<Item = &'a str>) -> Result<usize, String> {
    let (mut bytes, mut count) = (0, 0);
    for field in fields {
        for value in split_list(field).map_err(|_| "Path".to_owned())? {
            let address = NameAddr::parse(value).map_err(|_| "Path".to_owned())?;
            if !address.uri.as_sip().is_some_and(|uri| uri.params.contains("lr")) {
                return Err("Path: expected a sip URI with lr".to_owned());
            }
            (bytes, count) = (bytes + value.len(), count + 1);
        }
    }
    if count > SIP_PATH_VALUES_MAX {
        return Err(format!("Path: more than {SIP_PATH_VALUES_MAX} values"));
    }
    Ok(bytes)
}
