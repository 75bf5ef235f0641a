/** What three draws: things made of logged points and meshes, and the stage they stand on. Draws only when asked. */
import {
  AmbientLight,
  ArrowHelper,
  Box3,
  BufferAttribute,
  BufferGeometry,
  CanvasTexture,
  Color,
  DirectionalLight,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshStandardMaterial,
  type Object3D,
  PerspectiveCamera,
  Points,
  PointsMaterial,
  Scene,
  Sphere,
  Sprite,
  SpriteMaterial,
  SRGBColorSpace,
  Vector3,
  WebGLRenderer,
} from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import type { Cloud, Vector } from "../../series/points";

export interface Thing {
  root: Object3D;
  /** Which way is up: meshes stand on y, clouds of the field on z. */
  up: "y" | "z";
  faces: number;
}

const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const HUES = 20;

export function cloudObject(cloud: Cloud): Thing {
  const root = new Group();
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(cloud.positions, 3));
  const colours = (cloud.colours && linear(cloud.colours)) ?? (cloud.classes && classColours(cloud.classes));
  if (colours) geometry.setAttribute("color", new BufferAttribute(colours, 3));
  geometry.computeBoundingSphere();
  const radius = geometry.boundingSphere?.radius || 1;
  const material = new PointsMaterial({
    // Many points are small ones.
    size: (radius * 1.6) / Math.max(Math.cbrt(cloud.positions.length / 3) * 4, 20),
    vertexColors: colours !== null,
    color: colours ? "#ffffff" : token("--run-4"),
  });
  root.add(new Points(geometry, material));
  for (const box of cloud.boxes) {
    const edges = new BufferGeometry().setFromPoints(box.edges.map((one) => new Vector3(...one)));
    const lines = new LineSegments(edges, new LineBasicMaterial({ color: colourOf(box.colour), depthTest: false }));
    // A box is seen through the points in it.
    lines.renderOrder = 1;
    root.add(lines);
    if (box.label) root.add(label(box.label, box.top, radius / 14));
  }
  for (const { start, end, colour } of cloud.vectors) {
    const from = new Vector3(...start);
    const way = new Vector3(...end).sub(from);
    if (way.length() > 0) {
      root.add(new ArrowHelper(way.clone().normalize(), from, way.length(), colourOf(colour), way.length() / 8));
    }
  }
  return { root, up: "z", faces: 0 };
}

function colourOf(colour: Vector | null): Color {
  return colour ? new Color().setRGB(...colour, SRGBColorSpace) : new Color(token("--accent"));
}

/** Logged colours are those of a screen; the card counts in light. */
function linear(colours: Float32Array): Float32Array {
  const one = new Color();
  const made = new Float32Array(colours.length);
  for (let i = 0; i < colours.length; i += 3) {
    one.setRGB(colours[i]!, colours[i + 1]!, colours[i + 2]!, SRGBColorSpace).toArray(made, i);
  }
  return made;
}

function classColours(classes: Float32Array): Float32Array {
  const hues = Array.from({ length: HUES }, (_, i) => new Color(token(`--run-${i + 1}`)));
  const colours = new Float32Array(classes.length * 3);
  for (const [i, one] of classes.entries()) hues[Math.abs(Math.round(one)) % HUES]!.toArray(colours, i * 3);
  return colours;
}

/** A text that faces the reader. */
function label(text: string, at: Vector, height: number): Sprite {
  const canvas = document.createElement("canvas");
  const context = canvas.getContext("2d")!;
  const font = `500 32px ${token("--font")}`;
  context.font = font;
  canvas.width = Math.min(Math.ceil(context.measureText(text).width) + 16, 1024);
  canvas.height = 48;
  context.font = font;
  context.fillStyle = token("--float");
  context.globalAlpha = 0.85;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.globalAlpha = 1;
  context.fillStyle = token("--text");
  context.textBaseline = "middle";
  context.fillText(text, 8, 25);
  const map = new CanvasTexture(canvas);
  map.colorSpace = SRGBColorSpace;
  const sprite = new Sprite(new SpriteMaterial({ map, depthTest: false }));
  sprite.renderOrder = 2;
  sprite.scale.set((height * canvas.width) / canvas.height, height, 1);
  sprite.position.set(at[0], at[1], at[2] + height * 0.7);
  return sprite;
}

/** Reads a mesh; its loader comes with it. */
export async function meshObject(suffix: string, bytes: ArrayBuffer): Promise<Thing> {
  const material = () => new MeshStandardMaterial({ color: token("--run-11"), roughness: 0.8, side: 2 });
  let root: Object3D;
  if (suffix === "obj") {
    const { OBJLoader } = await import("three/addons/loaders/OBJLoader.js");
    root = new OBJLoader().parse(new TextDecoder().decode(bytes));
    root.traverse((one) => {
      if (!(one instanceof Mesh)) return;
      one.geometry.computeVertexNormals();
      one.material = material();
    });
  } else if (suffix === "stl") {
    const { STLLoader } = await import("three/addons/loaders/STLLoader.js");
    root = new Mesh(new STLLoader().parse(bytes), material());
  } else {
    const { GLTFLoader } = await import("three/addons/loaders/GLTFLoader.js");
    // Without a folder: what the file refers to outside of itself isn't loaded.
    root = (await new GLTFLoader().parseAsync(bytes, "")).scene;
  }
  let faces = 0;
  root.traverse((one) => {
    if (!(one instanceof Mesh)) return;
    const geometry = one.geometry as BufferGeometry;
    faces += (geometry.index?.count ?? geometry.getAttribute("position")?.count ?? 0) / 3;
  });
  return { root, up: "y", faces: Math.round(faces) };
}

/** A canvas with one thing on it. */
export class Stage {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly camera = new PerspectiveCamera(45, 1, 0.01, 1000);
  private readonly controls: OrbitControls;
  private readonly sphere: Sphere;
  private frame = 0;

  /** Throws when the browser draws no WebGL. */
  constructor(
    canvas: HTMLCanvasElement,
    private readonly thing: Thing,
  ) {
    this.renderer = new WebGLRenderer({ canvas, antialias: true });
    this.scene.add(thing.root, new AmbientLight("#ffffff", 1.4));
    const sun = new DirectionalLight("#ffffff", 2);
    sun.position.set(1, 1.5, 2);
    this.camera.add(sun);
    this.scene.add(this.camera);
    this.sphere = new Box3().setFromObject(thing.root).getBoundingSphere(new Sphere());
    if (!(this.sphere.radius > 0)) this.sphere.radius = 1;
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.addEventListener("change", () => this.ask());
    this.reset();
  }

  /** Puts the whole thing in view, seen from above one corner. */
  reset(): void {
    const { center, radius } = this.sphere;
    const z = this.thing.up === "z";
    this.camera.up.set(0, z ? 0 : 1, z ? 1 : 0);
    const way = z ? new Vector3(-0.6, -1, 0.6) : new Vector3(0.6, 0.5, 1);
    this.camera.position.copy(center).addScaledVector(way.normalize(), radius * (z ? 2 : 2.4));
    this.camera.near = radius / 200;
    this.camera.far = radius * 50;
    this.camera.updateProjectionMatrix();
    this.controls.target.copy(center);
    this.controls.update();
    this.ask();
  }

  resize(width: number, height: number): void {
    if (width < 1 || height < 1) return;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setSize(width, height, false);
    this.renderer.setClearColor(token("--panel"));
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.ask();
  }

  /** Draws once, in the next frame. */
  private ask(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.renderer.render(this.scene, this.camera);
    });
  }

  /** Gives the graphics card back what it holds. */
  end(): void {
    cancelAnimationFrame(this.frame);
    this.controls.dispose();
    this.scene.remove(this.thing.root);
    this.thing.root.traverse((one) => {
      (one as Mesh).geometry?.dispose();
    });
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
