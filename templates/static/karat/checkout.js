"use strict";
// The total follows the chosen way of delivery. Without this file the server compares the totals and asks again.
for (const form of document.querySelectorAll("[data-checkout]")) {
  const follow = () => {
    const chosen = form.querySelector('input[name="way"]:checked');
    if (!chosen) return;
    form.querySelector('input[name="shown"]').value = chosen.dataset.total;
    for (const place of document.querySelectorAll("[data-total]:not(input)")) place.textContent = chosen.dataset.totalWords;
    for (const place of document.querySelectorAll("[data-delivery]")) place.textContent = chosen.dataset.deliveryWords;
  };
  form.addEventListener("change", follow);
  follow();
}
