// Comforts of an own design; the form and the page work without them.

const MODEL = /\.(stl|obj|ply|off|3mf|glb|gltf|3dm|step|stp)$/i;

// A file is looked at before it is sent: its name and its size. The server decides by its contents.
function wrongWith(form, file) {
  if (!file) return "";
  if (!MODEL.test(file.name)) return form.dataset.wrongKind;
  return file.size > Number(form.dataset.limitMb) * 1024 * 1024 ? form.dataset.tooLarge : "";
}

function sayWrong(form, words) {
  const place = form.querySelector("[data-file-errors]");
  place.replaceChildren();
  if (!words) return;
  const line = document.createElement("p");
  line.className = "wrong";
  line.setAttribute("role", "alert");
  line.textContent = words;
  place.append(line);
}

function send(form) {
  const box = form.querySelector("[data-sending]");
  const bar = box.querySelector("progress");
  const words = box.querySelector("[data-sending-words]");
  const request = new XMLHttpRequest();
  const rest = (resting) => { for (const button of form.querySelectorAll("button")) button.disabled = resting; };
  box.hidden = false;
  rest(true);
  words.textContent = words.dataset.sendingText;
  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.value = (100 * event.loaded) / event.total;
    words.textContent = `${words.dataset.sendingText}: ${Math.round(bar.value)} %`;
  });
  request.upload.addEventListener("load", () => { words.textContent = words.dataset.sentText; });
  request.addEventListener("load", () => {
    if (request.status === 200) { location.assign(request.responseURL); return; }
    const main = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("main");
    if (!main) { form.submit(); return; }
    document.querySelector("main").replaceWith(main);
    begin();
    dispatchEvent(new Event("karat:replaced"));
    main.querySelector(".wrong, .refusal")?.scrollIntoView({ block: "center" });
  });
  request.addEventListener("error", () => { words.textContent = words.dataset.lostText; rest(false); });
  request.open("POST", form.action);
  request.send(new FormData(form));
}

function begin() {
  for (const form of document.querySelectorAll("[data-upload]")) {
    const input = form.querySelector('input[type="file"]');
    input.addEventListener("change", () => sayWrong(form, wrongWith(form, input.files[0])));
    form.addEventListener("submit", (event) => {
      const wrong = wrongWith(form, input.files[0]);
      event.preventDefault();
      if (wrong) { sayWrong(form, wrong); input.focus(); } else send(form);
    });
  }
}

begin();
