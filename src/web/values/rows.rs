//! The buttons beside the rows of a list of records: `rules.add`, `rules.remove=2`, `rules.up=2`, `rules.down=2`. They send the form
//! like any other button; nothing is saved, and nothing that was typed is lost.

use crate::base::limits::LIST_VALUES_MAX;
use crate::settings::{Kind, Shape};

use super::super::http::Pairs;

/// What such a button asks for.
enum Press {
    Add,
    Remove(usize),
    Swap(usize, usize),
}

/// Does what the pressed button says. `None`: none was pressed, so the form is to be saved.
pub fn press(kind: Kind, form: &Pairs, prefix: &str) -> Option<Pairs> {
    for field in kind.fields().iter().filter(|field| matches!(field.shape, Shape::Records(_))) {
        let name = format!("{prefix}{}", field.key);
        let count = form.text(&format!("{name}.rows")).parse().unwrap_or(0).min(LIST_VALUES_MAX);
        let row = |button: &str| form.get(&format!("{name}.{button}"))?.parse::<usize>().ok().filter(|row| *row < count);
        let pressed = if form.get(&format!("{name}.add")).is_some() {
            Some(Press::Add)
        } else if let Some(row) = row("remove") {
            Some(Press::Remove(row))
        } else if let Some(row) = row("up") {
            Some(Press::Swap(row, row.saturating_sub(1)))
        } else {
            row("down").map(|row| Press::Swap(row, (row + 1).min(count - 1)))
        };
        if let Some(pressed) = pressed {
            return Some(done(form, &name, count, &pressed));
        }
    }
    None
}

fn done(form: &Pairs, name: &str, count: usize, pressed: &Press) -> Pairs {
    // Where the row that stood at `at` stands afterwards; `None`: it goes.
    let moved = |at: usize| match *pressed {
        Press::Add => Some(at),
        Press::Remove(row) if at == row => None,
        Press::Remove(row) => Some(if at > row { at - 1 } else { at }),
        Press::Swap(a, b) if at == a => Some(b),
        Press::Swap(a, b) if at == b => Some(a),
        Press::Swap(..) => Some(at),
    };
    // The name of an input, or the name that a box has as its value.
    let renamed = |text: &str| -> Option<String> {
        let Some((row, part)) = text.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')?.split_once('.')) else {
            return Some(text.to_owned());
        };
        match row.parse() {
            Ok(row) => moved(row).map(|row| format!("{name}.{row}.{part}")),
            Err(_) => Some(text.to_owned()),
        }
    };
    let buttons = ["add", "remove", "up", "down"].map(|button| format!("{name}.{button}"));
    let mut result = Pairs::default();
    for (known, value) in form.0.iter().filter(|(known, _)| !buttons.contains(known)) {
        let value = if known == super::HAS { renamed(value) } else { Some(value.clone()) };
        if let (Some(known), Some(value)) = (renamed(known), value) {
            result.push(known, value);
        }
    }
    let rows = match pressed {
        Press::Add => (count + 1).min(LIST_VALUES_MAX),
        Press::Remove(_) => count - 1,
        Press::Swap(..) => count,
    };
    result.set(&format!("{name}.rows"), rows.to_string());
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_button_moves_whole_rows_and_loses_nothing() {
        let form =
            "name=c&rules.rows=3&rules.0.digits=1&has=rules.0.lines&rules.1.digits=2&rules.1.lines=7&has=rules.1.lines&rules.2.digits=3";
        let check = |button: &str, expected: &[(&str, &str)]| {
            let pressed = press(Kind::Class, &Pairs::parse(&format!("{form}&{button}")), "").expect("a button");
            for (name, value) in expected {
                assert_eq!(pressed.text(name), *value, "{button}: {name}");
            }
            assert_eq!(pressed.text("name"), "c");
        };
        check("rules.add=", &[("rules.rows", "4"), ("rules.2.digits", "3"), ("rules.3.digits", "")]);
        check("rules.remove=0", &[("rules.rows", "2"), ("rules.0.digits", "2"), ("rules.0.lines", "7"), ("rules.1.digits", "3")]);
        check("rules.up=2", &[("rules.rows", "3"), ("rules.1.digits", "3"), ("rules.2.digits", "2"), ("rules.2.lines", "7")]);
        check("rules.down=2", &[("rules.2.digits", "3")]);
        let moved = press(Kind::Class, &Pairs::parse(&format!("{form}&rules.up=1")), "").expect("a button");
        assert_eq!(moved.all("has").collect::<Vec<_>>(), ["rules.1.lines", "rules.0.lines"]);
        assert!(press(Kind::Class, &Pairs::parse(form), "").is_none());
        assert!(press(Kind::Class, &Pairs::parse(&format!("{form}&rules.remove=9")), "").is_none());
    }
}
