use super::Name;

/// One header field: its name, and its value unfolded and trimmed, otherwise as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Name,
    pub value: Box<str>,
}

/// Header fields in the order of the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers(Vec<Field>);

impl Headers {
    pub fn push(&mut self, name: Name, value: impl Into<Box<str>>) {
        self.0.push(Field { name, value: value.into() });
    }

    /// Puts a field before all others, as Via and Route want it.
    pub fn push_front(&mut self, name: Name, value: impl Into<Box<str>>) {
        self.0.insert(0, Field { name, value: value.into() });
    }

    /// The value of the first field of that name.
    pub fn get(&self, name: &Name) -> Option<&str> {
        self.0.iter().find(|field| field.name == *name).map(|field| &*field.value)
    }

    pub fn get_all<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |field| field.name == *name).map(|field| &*field.value)
    }

    pub fn count(&self, name: &Name) -> usize {
        self.get_all(name).count()
    }

    /// Replaces the value of the first field of that name, or adds the field at the end.
    pub fn set(&mut self, name: Name, value: impl Into<Box<str>>) {
        match self.0.iter_mut().find(|field| field.name == name) {
            Some(field) => field.value = value.into(),
            None => self.push(name, value),
        }
    }

    pub fn remove_all(&mut self, name: &Name) {
        self.0.retain(|field| field.name != *name);
    }

    pub fn iter(&self) -> impl Iterator<Item = &Field> {
        self.0.iter()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All values of a comma list such as Require or Allow, over all fields of that name.
    pub fn tokens<'a>(&'a self, name: &'a Name) -> impl Iterator<Item = &'a str> {
        self.get_all(name).flat_map(|value| value.split(',')).map(str::trim).filter(|token| !token.is_empty())
    }
}
