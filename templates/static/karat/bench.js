"use strict";
// Every action has a key, shown beside it. A scanner types a reference, which begins with W, and Enter: that letter and
// all that follow go to the scan field, so that a scan never presses a key of ours.
const scan = document.getElementById("scan");
const A_HAND_MS = 60; // nobody types a reference faster than this a letter

const fields = "input:not([type=radio]), select, textarea";
let begun = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  if (event.target.matches(fields)) {
    if (event.target === scan && !scan.value) begun = event.timeStamp;
    return;
  }
  if (event.code === "KeyW" || event.key === "/") {
    begun = event.timeStamp;
    scan.value = "";
    scan.focus();
    if (event.key === "/") event.preventDefault();
    return;
  }
  if (event.key === "Escape") return close(event);
  if (event.code === "ArrowDown" || event.code === "ArrowUp") return step(event);
  const target = document.querySelector(`[data-key="${event.code}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.tagName !== "DETAILS") return target.click();
  target.open = !target.open;
  (target.querySelector("form input:not([type=hidden]), form button") ?? target.querySelector("summary")).focus();
});

function close(event) {
  const opened = event.target.closest("details[open]") ?? document.querySelector("details[open]");
  if (!opened) return;
  opened.open = false;
  opened.querySelector("summary").focus();
}

// Up and down move along the reasons that are open, else along the list.
function step(event) {
  const opened = event.target.closest("details[open] form") ?? document.querySelector(".reasons--open");
  const among = opened ?? document.querySelector("main");
  const stops = [...among.querySelectorAll(among.matches("main") ? ".held__link, .row" : "button, input:not([type=hidden])")];
  if (!stops.length || event.target.matches("[type=radio]")) return;
  const place = stops.indexOf(document.activeElement);
  const next = event.code === "ArrowDown" ? place + 1 : place - 1;
  stops[Math.min(Math.max(next, 0), stops.length - 1)].focus();
  event.preventDefault();
}

scan?.form.addEventListener("submit", (event) => {
  if (event.timeStamp - begun > A_HAND_MS * scan.value.length) return; // typed by hand: it is opened
  event.preventDefault();
  const scanned = document.getElementById("scanned");
  scanned.elements.reference.value = scan.value;
  scanned.requestSubmit();
});

// A press counts once.
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.dataset.sent) event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sent;
});
