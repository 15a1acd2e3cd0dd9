//! A strict reader of the pages' HTML: what a browser would silently repair is a fault here.

use std::collections::BTreeSet;

const VOID: [&str; 8] = ["br", "col", "hr", "img", "input", "link", "meta", "wbr"];

/// The elements pages are made of. Anything else is an unescaped text or a slip; `b` is none of
/// them, so that the samples can use it as text.
const KNOWN: &[&str] = &[
    "a", "article", "aside", "body", "br", "button", "caption", "circle", "code", "col", "dd", "del",
    "details", "div", "dl", "dt", "fieldset", "footer", "form", "h1", "h2", "h3", "h4", "head", "header",
    "hr", "html", "img", "input", "ins", "label", "legend", "li", "link", "main", "meta", "nav", "ol",
    "option", "p", "path", "pre", "rect", "section", "select", "small", "span", "strong", "summary", "svg",
    "table", "tbody", "td", "textarea", "th", "thead", "time", "title", "tr", "u", "ul", "wbr",
];

/// What a paragraph, a heading, a button and the like may not hold.
const BLOCKS: &[&str] = &[
    "article", "aside", "details", "div", "dl", "fieldset", "footer", "form", "h1", "h2", "h3", "h4",
    "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "ul",
];
const PHRASING_ONLY: [&str; 11] = [
    "p", "h1", "h2", "h3", "h4", "button", "label", "span", "strong", "summary", "caption",
];

/// An element of a page.
pub struct Element<'a> {
    /// Its name.
    pub name: &'a str,
    attributes: Vec<(&'a str, &'a str)>,
    /// Its ancestors, outermost first, as places in the list.
    ancestors: Vec<usize>,
    /// All text inside it.
    text: String,
}

impl<'a> Element<'a> {
    /// The value of an attribute; empty for one without a value.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.attributes.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| *value)
    }

    fn shown(&self) -> String {
        let attributes: Vec<String> = self
            .attributes
            .iter()
            .take(4)
            .map(|(name, value)| format!(" {name}=\"{value}\""))
            .collect();
        format!("<{}{}>", self.name, attributes.concat())
    }
}

/// A page as read, with what was wrong on the way.
pub struct Document<'a> {
    /// Its elements in the order of their beginning.
    pub elements: Vec<Element<'a>>,
    faults: Vec<String>,
}

/// An ampersand begins a reference with an end, or it is a fault.
fn check_references(text: &str, faults: &mut Vec<String>) {
    for (at, _) in text.match_indices('&') {
        let rest = &text[at + 1..];
        let name = rest.split(';').next().unwrap_or_default();
        let plain = name.strip_prefix('#').unwrap_or(name);
        let sound =
            name.len() < rest.len() && !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric());
        if !sound {
            faults.push(format!(
                "a bare & before {:?}",
                rest.chars().take(20).collect::<String>()
            ));
        }
    }
}

impl<'a> Document<'a> {
    /// Reads a page.
    pub fn read(html: &'a str) -> Self {
        let mut document = Self {
            elements: Vec::new(),
            faults: Vec::new(),
        };
        let Some(mut rest) = html.strip_prefix("<!doctype html>") else {
            document.faults.push("no doctype".to_owned());
            return document;
        };
        let mut open: Vec<usize> = Vec::new();
        while !rest.is_empty() {
            let (text, tag) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            check_references(text, &mut document.faults);
            for at in &open {
                document.elements[*at].text.push_str(text);
            }
            let Some(end) = tag.find('>') else {
                if !tag.is_empty() {
                    document.faults.push("a tag without an end".to_owned());
                }
                break;
            };
            document.tag(&tag[1..end], &mut open);
            rest = &tag[end + 1..];
        }
        for at in open {
            let left = document.elements[at].shown();
            document.faults.push(format!("{left} is never closed"));
        }
        document
    }

    fn tag(&mut self, tag: &'a str, open: &mut Vec<usize>) {
        if let Some(name) = tag.strip_prefix('/') {
            match open.pop() {
                Some(at) if self.elements[at].name == name => {}
                Some(at) => {
                    let other = self.elements[at].shown();
                    self.faults.push(format!("</{name}> closes {other}"));
                }
                None => self.faults.push(format!("</{name}> closes nothing")),
            }
            return;
        }
        let (name, mut rest) = tag.split_at(tag.find([' ', '\n', '/']).unwrap_or(tag.len()));
        // A script is one of this site's own files, and nothing else.
        let script = name == "script" && rest.starts_with(" src=\"/static/") && rest.ends_with(" defer");
        if !script && !KNOWN.contains(&name) {
            self.faults
                .push(format!("<{name}> is no element of ours: unescaped text?"));
        }
        let mut attributes: Vec<(&str, &str)> = Vec::new();
        rest = rest.trim_start();
        while !rest.is_empty() && rest != "/" {
            let (attribute, after) = rest.split_at(rest.find([' ', '\n', '=']).unwrap_or(rest.len()));
            let value = if let Some(quoted) = after.strip_prefix("=\"") {
                let Some((value, after)) = quoted.split_once('"') else {
                    self.faults
                        .push(format!("<{name}>: {attribute} has no closing quote"));
                    return;
                };
                check_references(value, &mut self.faults);
                rest = after;
                value
            } else if after.starts_with('=') {
                self.faults.push(format!("<{name}>: {attribute} is not quoted"));
                return;
            } else {
                rest = after;
                ""
            };
            if attributes.iter().any(|(known, _)| *known == attribute) {
                self.faults.push(format!("<{name}>: {attribute} stands twice"));
            }
            if !rest.is_empty() && rest != "/" && !rest.starts_with([' ', '\n']) {
                self.faults.push(format!("<{name}>: no space after {attribute}"));
            }
            attributes.push((attribute, value));
            rest = rest.trim_start();
        }
        let element = Element {
            name,
            attributes,
            ancestors: open.clone(),
            text: String::new(),
        };
        self.nesting(&element);
        self.elements.push(element);
        let drawn = open.iter().any(|at| self.elements[*at].name == "svg");
        if rest == "/" && !drawn {
            self.faults
                .push(format!("<{name}/> closes itself outside a drawing"));
        }
        if rest != "/" && !VOID.contains(&name) {
            open.push(self.elements.len() - 1);
        }
    }

    fn nesting(&mut self, element: &Element<'a>) {
        let name = element.name;
        let around: Vec<&str> = element
            .ancestors
            .iter()
            .map(|at| self.elements[*at].name)
            .collect();
        let parent = around.last().copied().unwrap_or_default();
        let wrong = match name {
            "li" => !["ul", "ol"].contains(&parent),
            "dt" | "dd" => parent != "dl" && !(parent == "div" && around.iter().rev().nth(1) == Some(&"dl")),
            "tr" => !["thead", "tbody"].contains(&parent),
            "td" | "th" => parent != "tr",
            "option" => parent != "select",
            "summary" => parent != "details",
            "legend" => parent != "fieldset",
            "a" | "button" | "form" => around.contains(&name),
            _ => match parent {
                "ul" | "ol" | "tr" | "select" => true,
                "dl" => name != "div",
                _ => false,
            },
        };
        let in_phrase = around.iter().find(|outer| PHRASING_ONLY.contains(outer));
        if let (Some(outer), true) = (in_phrase, BLOCKS.contains(&name)) {
            // A definition's own block elements may hold blocks; a phrase may not.
            self.faults
                .push(format!("{} stands in <{outer}>", element.shown()));
        }
        if wrong {
            self.faults
                .push(format!("{} stands in <{parent}>", element.shown()));
        }
    }

    fn label_of(&self, element: &Element<'_>) -> bool {
        let wrapped = element
            .ancestors
            .iter()
            .any(|at| self.elements[*at].name == "label");
        let named = element.get("id").is_some_and(|id| {
            self.elements.iter().any(|other| {
                other.name == "label" && other.get("for") == Some(id) && !other.text.trim().is_empty()
            })
        });
        wrapped
            || named
            || element
                .get("aria-label")
                .is_some_and(|label| !label.trim().is_empty())
    }

    /// What is wrong with the page.
    pub fn faults(self) -> Vec<String> {
        let mut faults = self.faults.clone();
        let ids: Vec<&str> = self
            .elements
            .iter()
            .filter_map(|element| element.get("id"))
            .collect();
        let known: BTreeSet<&str> = ids.iter().copied().collect();
        if known.len() < ids.len() {
            let twice = ids
                .iter()
                .find(|id| ids.iter().filter(|other| other == id).count() > 1);
            faults.push(format!(
                "the id {} is used twice",
                twice.copied().unwrap_or_default()
            ));
        }
        let mut headings: Vec<u32> = Vec::new();
        for element in &self.elements {
            let shown = element.shown();
            if let Some(level @ 1..=6) = element
                .name
                .strip_prefix('h')
                .and_then(|text| text.parse::<u32>().ok())
            {
                headings.push(level);
                if element.text.trim().is_empty() {
                    faults.push(format!("{shown} is empty"));
                }
            }
            for name in ["aria-labelledby", "aria-describedby", "aria-controls", "for"] {
                for target in element.get(name).unwrap_or_default().split_whitespace() {
                    if !known.contains(target) {
                        faults.push(format!("{shown}: {name} leads to no #{target}"));
                    }
                }
            }
            let here = element.get("href").and_then(|href| href.strip_prefix('#'));
            if here.is_some_and(|target| !known.contains(target)) {
                faults.push(format!("{shown} leads nowhere"));
            }
            for (name, value) in &element.attributes {
                if *name == "style" || name.starts_with("on") || value.trim_start().starts_with("javascript:")
                {
                    faults.push(format!("{shown}: {name} is inline style or script"));
                }
                let loads = ["src", "href", "action", "formaction"].contains(name);
                // An authenticator app on the same device, not a site.
                let app = *name == "href" && value.starts_with("otpauth://totp/");
                if loads && !app && (value.contains("://") || value.starts_with("//")) {
                    faults.push(format!("{shown} leads to another site"));
                }
            }
            let hidden = element.get("type") == Some("hidden");
            let field = ["input", "select", "textarea"].contains(&element.name) && !hidden;
            if field && !self.label_of(element) {
                faults.push(format!("{shown} has no label"));
            }
            if element.get("type") == Some("password") && element.get("value").is_some() {
                faults.push(format!("{shown} gives a secret back"));
            }
            let pressed = ["a", "button"].contains(&element.name);
            if pressed && element.text.trim().is_empty() && element.get("aria-label").is_none() {
                faults.push(format!("{shown} says nothing"));
            }
            if element.name == "form" && element.get("method") == Some("post") && !self.guarded(element) {
                faults.push(format!("{shown} carries no token"));
            }
        }
        if headings.iter().filter(|level| **level == 1).count() != 1 {
            faults.push("there is not exactly one h1".to_owned());
        }
        for pair in headings.windows(2) {
            if pair[1] > pair[0] + 1 {
                faults.push(format!("h{} is followed by h{}", pair[0], pair[1]));
            }
        }
        faults
    }

    /// Whether a form holds the token against forged requests.
    fn guarded(&self, form: &Element<'_>) -> bool {
        let place = self.elements.iter().position(|other| std::ptr::eq(other, form));
        self.elements.iter().any(|element| {
            element.get("name") == Some("csrf")
                && element.get("value").is_some_and(|value| !value.is_empty())
                && place.is_some_and(|place| element.ancestors.contains(&place))
        })
    }
}

/// A small page around a text.
#[cfg(test)]
fn page(main: &str) -> String {
    format!("<!doctype html><html lang=\"en\"><body><main><h1>x</h1>{main}</main></body></html>")
}

#[test]
fn a_sound_page_has_no_faults() {
    let main = "<p>a &amp; b<br><a href=\"/x\">c</a></p><form method=\"post\"><input type=\"hidden\" name=\"csrf\" \
                value=\"t\"><label for=\"q\">Q</label><input id=\"q\" required></form><svg><path d=\"M0\"/></svg>";
    assert_eq!(Document::read(&page(main)).faults(), Vec::<String>::new());
}

#[test]
fn every_fault_is_found() {
    for main in [
        "<p>open",
        "<p>crossed</div>",
        "<b>text</b>",
        "a < b",
        "a & b",
        "<p class=x>y</p>",
        "<p class=\"a\" class=\"b\">y</p>",
        "<p class=\"a\"id=\"b\">y</p>",
        "<div/>",
        "<p><div>x</div></p>",
        "<li>x</li>",
        "<ul><p>x</p></ul>",
        "<a href=\"/x\">y<a href=\"/z\">w</a></a>",
        "<h1>y</h1>",
        "<h3>y</h3>",
        "<h2></h2>",
        "<input id=\"q\">",
        "<input id=\"q\"><label for=\"q\"></label>",
        "<label for=\"p\">Q</label>",
        "<p id=\"a\">x</p><p id=\"a\">y</p>",
        "<p aria-describedby=\"gone\">x</p>",
        "<a href=\"#gone\">x</a>",
        "<a href=\"/x\"></a>",
        "<a href=\"https://other.example\">x</a>",
        "<p style=\"color:red\">x</p>",
        "<p onclick=\"x\">x</p>",
        "<script>x</script>",
        "<form method=\"post\"></form>",
        "<label for=\"p\">P</label><input id=\"p\" type=\"password\" value=\"s\">",
    ] {
        assert!(!Document::read(&page(main)).faults().is_empty(), "{main}");
    }
}
