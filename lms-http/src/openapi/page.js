// Shows an OpenAPI document. What comes from the document is only ever put in as text.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];

/** Makes an element: `make("p", {class: "note"}, "text", other)`. */
function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) element.setAttribute(key, value);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Text with `code` in it. */
function prose(text, tag = "p", attributes = {}) {
  const parts = text.split("`").map((part, at) => (at % 2 ? make("code", {}, part) : part));
  return make(tag, attributes, ...parts);
}

function resolved(spec, value) {
  if (!value || !value.$ref) return value;
  return value.$ref.slice(2).split("/").reduce((at, key) => at[key], spec);
}

function nameOf(schema) {
  return schema && schema.$ref ? schema.$ref.split("/").pop() : null;
}

/** A type in a few words, such as `string (date), null`. */
function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return nameOf(schema);
  if (schema.oneOf && !schema.properties) return schema.oneOf.map(typeOf).join(" or ");
  if (schema.type === "array" || (Array.isArray(schema.type) && schema.type.includes("array"))) {
    return "array of " + typeOf(schema.items);
  }
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" or ");
  if ("const" in schema) return JSON.stringify(schema.const);
  const types = [].concat(schema.type || "any").join(", ");
  return schema.format && !/^int/.test(schema.format) ? `${types} (${schema.format})` : types;
}

/** What else a value has to be, such as `1 to 600`, and what it is where nothing is said. */
function limitsOf(schema) {
  const span = (least, most, unit) => {
    if (least === undefined && most === undefined) return null;
    if (most === undefined) return `at least ${least}${unit}`;
    return (least === undefined ? "at most " : `${least} to `) + most + unit;
  };
  return [
    span(schema.minimum, schema.maximum, ""),
    span(schema.minLength, schema.maxLength, " characters"),
    span(schema.minItems, schema.maxItems, " of them"),
    schema.pattern ? `looks like \`${schema.pattern}\`` : null,
    "default" in schema ? `\`${JSON.stringify(schema.default)}\` unless said` : null,
  ].filter(Boolean).join("; ");
}

function table(head, rows) {
  const body = rows.map((cells) =>
    make("tr", {}, ...cells.map((cell) => (cell instanceof Node ? cell : make("td", {}, cell)))));
  const heads = make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)));
  return make("div", { class: "table" },
    make("table", {}, make("thead", {}, heads), make("tbody", {}, ...body)));
}

/** The fields of an object as a table; what they are made of opens below. */
function fields(spec, schema, seen = []) {
  const object = resolved(spec, schema);
  if (!object) return null;
  if (object.oneOf && !object.properties) {
    return make("div", {}, ...object.oneOf.map((one) => fold(spec, one, seen)));
  }
  if (object.type === "array") return fold(spec, object.items, seen);
  if (!object.properties) return prose(typeOf(object), "p", { class: "note" });
  const required = new Set(object.required || []);
  const rows = Object.entries(object.properties).map(([name, property]) => {
    const head = make("td", {}, name);
    if (required.has(name) && seen.request) head.append(make("span", { class: "must" }, " *"));
    const about = [property.description, limitsOf(property)].filter(Boolean).join(" — ");
    return [head, make("td", { class: "type" }, typeOf(property)), prose(about, "td")];
  });
  const inner = new Set();
  for (const property of Object.values(object.properties)) {
    for (const one of [property, property.items, property.additionalProperties]) {
      if (nameOf(one) && !seen.includes(nameOf(one))) inner.add(one.$ref);
    }
  }
  const below = [...inner].map((reference) => fold(spec, { $ref: reference }, seen));
  for (const [name, property] of Object.entries(object.properties)) {
    const own = [property, property.items].find((one) => one && !one.$ref && one.properties);
    if (own) below.push(fold(spec, own, seen, name));
  }
  return make("div", {}, table(["field", "type", ""], rows), ...below);
}

/** A schema behind its name, made when it is opened. */
function fold(spec, schema, seen, label) {
  const name = label || nameOf(schema) || typeOf(schema);
  const details = make("details", { class: "schema" }, make("summary", {}, name));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) {
      const path = Object.assign([...seen, name], { request: seen.request });
      details.append(fields(spec, schema, path) || "");
    }
  });
  return details;
}

function parameters(operation) {
  const rows = (operation.parameters || []).map((parameter) => {
    const head = make("td", {}, parameter.name);
    if (parameter.required) head.append(make("span", { class: "must" }, " *"));
    const type = `${typeOf(parameter.schema)}, ${parameter.in}`;
    const text = prose(parameter.description || "", "td");
    if (parameter.example) text.append(" Such as ", make("code", {}, String(parameter.example)), ".");
    return [head, make("td", { class: "type" }, type), text];
  });
  if (rows.length === 0) return null;
  return make("section", {}, make("h3", {}, "Parameters"), table(["name", "type", ""], rows));
}

/** The first example: of several that with the simplest name. */
function exampleOf(content) {
  if (content.example !== undefined) return content.example;
  const several = content.examples || {};
  return (several.one || Object.values(several)[0] || {}).value;
}

function body(spec, operation) {
  const content = operation.requestBody && operation.requestBody.content["application/json"];
  if (!content) return null;
  const seen = Object.assign([], { request: true });
  const several = content.schema.oneOf || [content.schema];
  const schemas = several.map((schema) => fold(spec, schema, seen));
  schemas[0].open = true;
  return make("section", {}, make("h3", {}, "Body"), ...schemas);
}

function curl(path, method, operation) {
  const segment = (text) => encodeURIComponent(text).replace(/%3A/g, ":").replace(/%40/g, "@");
  const address = (operation.parameters || []).filter((one) => one.in === "path")
    .reduce((at, one) => at.replace(`{${one.name}}`, segment(one.example)), path);
  const base = new URL("..", document.baseURI).href.replace(/\/$/, "");
  const lines = [`curl${method === "get" ? "" : ` -X ${method.toUpperCase()}`} ${base}${address}`];
  if (operation.security) lines.push(`  -H "Authorization: Bearer $TOKEN"`);
  const content = operation.requestBody && operation.requestBody.content["application/json"];
  if (content) {
    const example = JSON.stringify(exampleOf(content), null, 2).replace(/'/g, "'\\''");
    lines.push("  -H 'Content-Type: application/json'", `  -d '${example.replace(/\n/g, "\n  ")}'`);
  }
  return make("pre", {}, lines.join(" \\\n"));
}

function answers(spec, operation) {
  const shown = make("section", {}, make("h3", {}, "Answers"));
  const problems = [];
  for (const [status, reference] of Object.entries(operation.responses)) {
    if (reference.$ref) {
      problems.push(status === "default" ? "any other failure" : status);
      continue;
    }
    const response = resolved(spec, reference);
    const said = prose(response.description);
    said.prepend(make("code", {}, status), " ");
    shown.append(said);
    for (const [type, content] of Object.entries(response.content || {})) {
      if (!content.schema || content.schema.type === "string") continue;
      const named = content.schema.$ref;
      const folded = named ? fold(spec, content.schema, []) : fields(spec, content.schema, []);
      if (type !== "application/json") folded.firstChild.append(` (${type})`);
      shown.append(folded);
    }
  }
  const problem = { $ref: "#/components/schemas/Problem" };
  const failed = make("p", {}, make("code", {}, problems.join(", ")), " a problem document");
  shown.append(failed, fold(spec, problem, []));
  return shown;
}

function operationOf(spec, path, method, operation) {
  const summary = make("summary", {},
    make("span", { class: `method ${method}` }, method),
    make("span", { class: "path" }, path),
    make("span", { class: "what" }, operation.summary));
  const details = make("details", { class: "operation", id: operation.operationId }, summary);
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    const text = (operation.description || "").split("\n\n").filter(Boolean).map((one) => prose(one));
    details.append(make("div", { class: "inside" }, ...text, curl(path, method, operation),
      parameters(operation), body(spec, operation), answers(spec, operation)));
  });
  details.dataset.words = [path, method, operation.summary, operation.operationId,
    operation["x-permission"] || ""].join(" ").toLowerCase();
  return details;
}

function codes(spec) {
  const rows = Object.entries(spec["x-error-codes"] || {}).sort().map(([code, known]) =>
    [code, make("td", { class: "type" }, String(known.status)), prose(known.summary, "td")]);
  return make("section", {}, make("h2", { id: "errors" }, "Error codes"),
    prose("Every problem document has one of these as its `code`. A code never changes its meaning."),
    table(["code", "status", ""], rows));
}

function show(spec) {
  const main = document.getElementById("main");
  const contents = document.getElementById("contents");
  document.getElementById("version").textContent = `version ${spec.info.version} ·`;
  document.getElementById("wait").remove();
  for (const part of spec.info.description.split("\n\n")) main.append(prose(part));
  for (const tag of spec.tags) {
    const id = `tag-${tag.name.toLowerCase().replace(/\W+/g, "-")}`;
    const section = make("section", { class: "tag" }, make("h2", { id }, tag.name), prose(tag.description));
    const list = make("ul", {});
    for (const [path, item] of Object.entries(spec.paths)) {
      for (const method of METHODS.filter((one) => item[one] && item[one].tags.includes(tag.name))) {
        const operation = item[method];
        section.append(operationOf(spec, path, method, operation));
        const link = make("a", { href: `#${operation.operationId}`, title: path },
          make("span", { class: `method ${method}` }, method), operation.summary);
        list.append(make("li", { "data-of": operation.operationId }, link));
      }
    }
    main.append(section);
    contents.append(make("li", {}, make("a", { class: "group", href: `#${id}` }, tag.name), list));
  }
  main.append(codes(spec));
  contents.append(make("li", {}, make("a", { class: "group", href: "#errors" }, "Error codes")));
}

/** Opens and shows what the address names. */
function follow() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  if (target.tagName === "DETAILS") target.open = true;
  target.scrollIntoView();
}

function filter(text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  for (const operation of document.querySelectorAll("details.operation")) {
    const hit = words.every((word) => operation.dataset.words.includes(word));
    operation.hidden = !hit;
    document.querySelector(`[data-of="${operation.id}"]`).hidden = !hit;
  }
  for (const section of document.querySelectorAll("section.tag")) {
    section.hidden = !section.querySelector("details.operation:not([hidden])");
  }
}

async function start() {
  try {
    const response = await fetch("openapi.json");
    if (!response.ok) throw new Error(`the service answered ${response.status}`);
    show(await response.json());
    follow();
    addEventListener("hashchange", follow);
    const input = document.getElementById("filter");
    input.addEventListener("input", () => filter(input.value));
  } catch (error) {
    const main = document.getElementById("main");
    main.replaceChildren(make("p", { class: "failed" }, `The description could not be read: ${error.message}.`));
  }
}

start();
