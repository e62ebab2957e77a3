// A design in 3D, on demand: three.js is fetched when somebody asks to turn the piece. Without WebGL, without three.js
// or without this file the picture stays.

const METALS = { yellow: "#e3b04f", rose: "#dd9c80", white: "#d8d5cd", silver: "#e6e8ea", platinum: "#cfd2d6", grey: "#c9ccd0" };
const STEP = Math.PI / 18;

// Soft boxes in a dim room: what polished metal mirrors.
function room(THREE) {
  const scene = new THREE.Scene();
  scene.background = new THREE.Color("#c9c3b8");
  const box = (x, y, z, width, height, strength) => {
    const light = new THREE.Mesh(
      new THREE.PlaneGeometry(width, height),
      new THREE.MeshBasicMaterial({ color: new THREE.Color(strength, strength, strength * 0.97), side: THREE.DoubleSide }),
    );
    light.position.set(x, y, z);
    light.lookAt(0, 0, 0);
    scene.add(light);
  };
  box(0, 6, 1.5, 7, 4, 7);
  box(-5, 1.5, 3, 2.4, 5, 5);
  box(5, 1, 2, 1.6, 5, 4);
  box(0, 1, -6, 6, 1.4, 3);
  box(0, -5, 0, 9, 9, 0.4);
  return scene;
}

function marks(THREE, spots, size) {
  const group = new THREE.Group();
  for (const spot of spots) {
    const [x, y, z] = spot.dataset.spot.split(" ").map(Number);
    const ball = new THREE.Mesh(
      new THREE.SphereGeometry(size * 0.018, 16, 12),
      new THREE.MeshBasicMaterial({ color: "#d3211a", depthTest: false, transparent: true, opacity: 0.8 }),
    );
    ball.position.set(x / 1000, z / 1000, -y / 1000); // the model is in metres, y up
    ball.renderOrder = 1;
    ball.userData.spot = spot;
    group.add(ball);
  }
  return group;
}

function look(figure, { THREE, OrbitControls, GLTFLoader }, gltf, spots) {
  const canvas = document.createElement("canvas");
  canvas.className = "looks__canvas";
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${figure.dataset.title}. ${figure.querySelector("[data-keys]").textContent}`);
  const renderer = new THREE.WebGLRenderer({ canvas, antialias: true, alpha: true });
  renderer.toneMapping = THREE.NeutralToneMapping;
  renderer.setPixelRatio(Math.min(devicePixelRatio, 2));

  const scene = new THREE.Scene();
  scene.environment = new THREE.PMREMGenerator(renderer).fromScene(room(THREE), 0.02).texture;
  const box = new THREE.Box3().setFromObject(gltf.scene);
  const middle = box.getCenter(new THREE.Vector3());
  const size = box.getSize(new THREE.Vector3()).length();
  gltf.scene.traverse((part) => {
    if (part.material?.name !== "metal") return;
    part.material.color.set(METALS[figure.dataset.colour] ?? METALS.yellow);
    part.material.roughness = 0.2;
  });
  scene.add(gltf.scene, marks(THREE, spots, size));

  const camera = new THREE.PerspectiveCamera(32, 1, size / 100, size * 20);
  const front = middle.clone().add(new THREE.Vector3(0.55, 0.5, 1).normalize().multiplyScalar(size * 1.6));
  camera.position.copy(front);
  const controls = new OrbitControls(camera, canvas);
  controls.target.copy(middle);
  controls.enablePan = false;
  controls.minDistance = size * 0.5;
  controls.maxDistance = size * 4;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  controls.enableDamping = !still;

  // Drawn when something moves, not sixty times a second for nothing.
  let waiting = false;
  const draw = () => { waiting = false; controls.update(); renderer.render(scene, camera); };
  const soon = () => { if (!waiting) { waiting = true; requestAnimationFrame(draw); } };
  controls.addEventListener("change", soon);
  const fit = () => {
    const side = figure.clientWidth;
    renderer.setSize(side, side, false);
    soon();
  };
  new ResizeObserver(fit).observe(figure);

  const turn = (around, over) => {
    const arm = new THREE.Spherical().setFromVector3(camera.position.clone().sub(middle));
    arm.theta += around;
    arm.phi = Math.min(Math.PI - 0.05, Math.max(0.05, arm.phi + over));
    camera.position.copy(middle).add(new THREE.Vector3().setFromSpherical(arm));
    soon();
  };
  const nearer = (factor) => {
    const arm = camera.position.clone().sub(middle);
    arm.setLength(Math.min(controls.maxDistance, Math.max(controls.minDistance, arm.length() * factor)));
    camera.position.copy(middle).add(arm);
    soon();
  };
  const keys = {
    ArrowLeft: () => turn(-STEP, 0), ArrowRight: () => turn(STEP, 0), ArrowUp: () => turn(0, -STEP), ArrowDown: () => turn(0, STEP),
    "+": () => nearer(0.87), "=": () => nearer(0.87), "-": () => nearer(1.15), Home: () => { camera.position.copy(front); soon(); },
  };
  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  for (const spot of spots) {
    spot.disabled = false;
    spot.addEventListener("click", () => {
      const [x, y, z] = spot.dataset.spot.split(" ").map(Number);
      const there = new THREE.Vector3(x / 1000, z / 1000, -y / 1000).sub(middle);
      camera.position.copy(middle).add((there.lengthSq() ? there : new THREE.Vector3(0, 0, 1)).setLength(size * 1.1));
      canvas.focus();
      soon();
    });
  }
  canvas.addEventListener("webglcontextlost", () => figure.classList.remove("looks--3d"));
  figure.querySelector(".picture").after(canvas);
  figure.classList.add("looks--3d");
  fit();
  canvas.dataset.ready = "yes";
  return canvas;
}

async function open3d(figure, button) {
  button.disabled = true;
  try {
    const three = await import(figure.dataset.three);
    const gltf = await new three.GLTFLoader().loadAsync(figure.dataset.model);
    const spots = [...document.querySelectorAll("[data-spot]")];
    const canvas = look(figure, three, gltf, spots);
    button.hidden = true;
    figure.querySelector("[data-keys]").hidden = false;
    canvas.focus({ preventScroll: true });
  } catch (problem) {
    console.info("3D isn't possible here:", problem.message); // the picture stays
    button.hidden = true;
  }
}

function begin() {
  for (const figure of document.querySelectorAll("[data-model]")) {
    const button = figure.querySelector("[data-turn]");
    if (!button.hidden || figure.classList.contains("looks--3d")) continue;
    button.hidden = false;
    button.addEventListener("click", () => open3d(figure, button));
  }
}

begin();
document.addEventListener("htmx:afterSwap", begin); // the waiting page turned into the price
