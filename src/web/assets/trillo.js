// Everything works without this file. With it the overview refreshes smoothly, times are local, passwords can be copied, and forms
// show only what belongs to the present choice.
"use strict";

function showLocalTimes(root) {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) time.textContent = format.format(at);
  }
}

// Days that are searched for are days of whoever searches.
function sayZone(root) {
  for (const input of root.querySelectorAll("input[data-zone]")) input.value = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
}

// A part that changes by itself. The box says when (server-sent events); where it cannot, the page asks every few seconds, if it is a
// page that does. A part with an id is taken out of the page anew; its address may also give the part alone.
function keepFresh(live) {
  const seconds = Number(live.dataset.seconds);
  let soon = 0;
  let stream = null;
  let polls = 0;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const headers = { "X-Refresh": "1" };
      const response = await fetch(live.dataset.refresh || location.href, { credentials: "same-origin", cache: "no-store", headers });
      if (response.status === 403 || response.redirected) return location.reload();
      if (!response.ok) return;
      let text = await response.text();
      if (!live.dataset.refresh) text = new DOMParser().parseFromString(text, "text/html").getElementById(live.id)?.innerHTML ?? "";
      // A person who tabs through the list keeps the place, and what was ticked stays ticked.
      if (!text || text === live.shown || live.contains(document.activeElement) || live.querySelector("input:checked")) return;
      live.shown = text;
      live.innerHTML = text;
      showLocalTimes(live);
    } catch {
      // The box is away for a moment; the next try will tell.
    }
  };
  const later = () => {
    clearTimeout(soon);
    soon = setTimeout(refresh, 200);
  };
  const poll = () => {
    if (!polls && seconds) polls = setInterval(refresh, seconds * 1000);
  };
  const listen = () => {
    if (!live.dataset.topics || !window.EventSource || stream) return;
    stream = new EventSource(`/api/v1/events?topics=${live.dataset.topics}`);
    const names = ["reset", "call.added", "call.changed", "call.removed"];
    names.push("registration.added", "registration.changed", "registration.removed");
    for (const name of names) stream.addEventListener(name, later);
    stream.addEventListener("error", () => {
      // The browser tries again by itself unless it was refused: too many listen, or the login has ended.
      if (stream?.readyState !== EventSource.CLOSED) return;
      stream = null;
      poll();
      if (seconds) refresh();
    });
  };
  const leave = () => {
    stream?.close();
    stream = null;
  };
  // A page that nobody looks at keeps no connection.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return leave();
    listen();
    refresh();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", (event) => {
    if (event.persisted) listen();
  });
  if (!document.hidden) listen();
  // Times that run on are asked for in any case, but seldom while events come.
  if (!stream) return poll();
  if (seconds) setInterval(() => {
    if (stream && live.querySelector("[data-runs]")) refresh();
  }, seconds * 1000);
}

function offerCopy(button) {
  if (!navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    button.textContent = button.dataset.copied;
  });
}

// What belongs to another choice than the present one is not shown. It is sent all the same, so nothing that was typed is lost.
function showByChoice(form) {
  const parts = form.querySelectorAll("[data-if]");
  if (!parts.length) return;
  const show = () => {
    for (const part of parts) {
      const decides = form.elements[part.dataset.if];
      const value = decides?.type === "checkbox" ? (decides.checked ? decides.value : "") : decides?.value;
      const fits = !decides || part.dataset.is.split(" ").includes(value);
      part.hidden = !fits && !part.querySelector(":scope > .fault");
    }
  };
  form.addEventListener("change", show);
  show();
}

// Whoever types another value means it as the entity's own; whoever lets go of it gets back what stood there.
function pinByTyping(field) {
  const pin = field.querySelector(":scope > .pin input");
  if (!pin) return;
  const inputs = [...field.querySelectorAll("input:not([type=hidden]), select, textarea")].filter((input) => input !== pin);
  field.addEventListener("input", (event) => {
    if (event.target !== pin && event.target.name) pin.checked = true;
  });
  pin.addEventListener("change", () => {
    if (pin.checked) return;
    for (const input of inputs) {
      if (input.type === "checkbox") input.checked = input.defaultChecked;
      else if (input.options) for (const option of input.options) option.selected = option.defaultSelected;
      else input.value = input.defaultValue;
    }
    pin.form.dispatchEvent(new Event("change"));
  });
}

function narrow(search) {
  const boxes = document.getElementById(search.dataset.narrows);
  search.hidden = false;
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/);
    for (const choice of boxes.children) {
      const text = choice.textContent.toLowerCase();
      choice.hidden = !choice.querySelector(":checked") && !words.every((word) => text.includes(word));
    }
  });
}

showLocalTimes(document);
sayZone(document);
document.querySelectorAll("form").forEach(showByChoice);
document.querySelectorAll(".field").forEach(pinByTyping);
document.querySelectorAll("[data-narrows]").forEach(narrow);
document.querySelector("main [aria-invalid=true]")?.focus();
document.querySelectorAll("[data-refresh]").forEach(keepFresh);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
