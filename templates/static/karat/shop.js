"use strict";
// Everything here is a comfort: each page works without it.

// Upload: the chosen file's name, and files dropped on the field.
function readyDrops() { for (const drop of document.querySelectorAll(".drop")) {
  const input = drop.querySelector('input[type="file"]');
  const name = drop.querySelector("[data-drop-name]");
  const tell = () => {
    name.textContent = input.files.length ? input.files[0].name : name.dataset.empty;
    drop.classList.toggle("drop--filled", input.files.length > 0);
  };
  const over = (event) => {
    event.preventDefault();
    drop.classList.toggle("drop--over", event.type === "dragover");
  };
  input.addEventListener("change", tell);
  drop.addEventListener("dragover", over);
  drop.addEventListener("dragleave", over);
  drop.addEventListener("drop", (event) => {
    over(event);
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      tell();
      input.dispatchEvent(new Event("change"));
    }
  });
  tell();
} }
readyDrops();
addEventListener("karat:replaced", readyDrops); // a refused form came back in the page's place

// One press is one order: the button rests while the answer is on its way.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && button.classList.contains("button")) {
    setTimeout(() => { button.disabled = true; }, 0);
    setTimeout(() => { button.disabled = false; }, 8000);
  }
});
addEventListener("pageshow", (event) => {
  if (event.persisted) for (const button of document.querySelectorAll(".button[disabled]")) button.disabled = false;
});
