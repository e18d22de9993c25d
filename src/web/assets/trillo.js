// Everything works without this file. With it the overview refreshes smoothly, times are local and passwords can be copied.
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

showLocalTimes(document);
document.querySelectorAll("[data-refresh]").forEach(keepFresh);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
