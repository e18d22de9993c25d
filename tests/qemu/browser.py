"""A person at the box's web page, without a browser: follows links, fills forms as they stand, keeps cookies."""

import html.parser
import http.cookiejar
import urllib.error
import urllib.parse
import urllib.request


class Forms(html.parser.HTMLParser):
    """The forms of a page with the values that they would send, and the text of elements that have an id."""

    def __init__(self, page):
        super().__init__()
        self.forms, self.texts, self.select, self.inside = [], {}, None, None
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        value = dict(attributes)
        if tag == "form":
            self.forms.append({"action": value.get("action", ""), "fields": []})
        elif tag == "input" and self.forms and "name" in value:
            if value.get("type") not in ("checkbox", "radio") or "checked" in value:
                self.forms[-1]["fields"].append((value["name"], value.get("value", "on" if value.get("type") == "checkbox" else "")))
        elif tag == "select":
            self.select = value.get("name")
        elif tag == "option" and self.select and "selected" in value:
            self.forms[-1]["fields"].append((self.select, value.get("value", "")))
        if "id" in value:
            self.inside = value["id"]

    def handle_endtag(self, tag):
        self.inside = None
        if tag == "select":
            self.select = None

    def handle_data(self, data):
        if self.inside:
            self.texts[self.inside] = self.texts.get(self.inside, "") + data.strip()


class Browser:
    def __init__(self, url):
        self.url = url
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def get(self, path):
        return self._open(urllib.request.Request(self.url + path))

    def submit(self, page, has_field, **typed):
        """Sends the form that has the field, with what was typed over what stood there."""
        form = next(form for form in Forms(page).forms if any(name == has_field for name, _ in form["fields"]))
        fields = [(name, value) for name, value in form["fields"] if name not in typed] + list(typed.items())
        action = urllib.parse.urljoin(self.address, form["action"])
        request = urllib.request.Request(action, urllib.parse.urlencode(fields).encode())
        # As browsers do; the box takes a form only from its own pages.
        request.add_header("Origin", self.url)
        return self._open(request)

    def _open(self, request):
        try:
            with self.opener.open(request, timeout=20) as answer:
                self.address = answer.geturl()
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{request.get_method()} {request.full_url}: {error.code}\n{error.read().decode()[:2000]}") from error
