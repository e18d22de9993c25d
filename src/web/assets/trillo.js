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

function keepFresh(live) {
  const seconds = Number(live.dataset.seconds) || 5;
  const refresh = async () => {
    if (document.hidden) return;
    try {
      const response = await fetch(live.dataset.refresh, { credentials: "same-origin", cache: "no-store" });
      if (response.status === 403) return location.reload();
      if (!response.ok) return;
      const text = await response.text();
      // A person who tabs through the list keeps the place.
      if (text === live.shown || live.contains(document.activeElement)) return;
      live.shown = text;
      live.innerHTML = text;
      showLocalTimes(live);
    } catch {
      // The box is away for a moment; the next try will tell.
    }
  };
  setInterval(refresh, seconds * 1000);
  document.addEventListener("visibilitychange", refresh);
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
document.querySelectorAll("form").forEach(showByChoice);
document.querySelectorAll(".field").forEach(pinByTyping);
document.querySelectorAll("[data-narrows]").forEach(narrow);
document.querySelector("main [aria-invalid=true]")?.focus();
document.querySelectorAll("[data-refresh]").forEach(keepFresh);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
