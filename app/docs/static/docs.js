// Opens the documentation and signs people in. Tokens stay in this page's memory and are gone with it.
"use strict";

const ui = SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#api",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  filter: true,
  tryItOutEnabled: true,
  validatorUrl: null,
  presets: [SwaggerUIBundle.presets.apis],
});

const form = document.getElementById("sign-in");
const leave = document.getElementById("sign-out");
const told = document.getElementById("told");
let pair = null;
let timer = 0;

async function send(path, body) {
  const headers = { "Content-Type": "application/json" };
  if (pair) headers.Authorization = `Bearer ${pair.access_token}`;
  const answer = await fetch(`/v1/auth/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const content = answer.status === 204 ? null : await answer.json();
  if (!answer.ok) throw new Error(content.detail || content.title);
  return content;
}

function hold(got) {
  pair = got;
  clearTimeout(timer);
  leave.hidden = !pair;
  if (!pair) {
    ui.authActions.logout(["HTTPBearer"]);
    return;
  }
  ui.preauthorizeApiKey("HTTPBearer", pair.access_token);
  timer = setTimeout(renew, (pair.expires_in - 60) * 1000);
}

async function renew() {
  try {
    hold(await send("refresh", { refresh_token: pair.refresh_token }));
  } catch (error) {
    hold(null);
    told.value = error.message;
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { email, password } = Object.fromEntries(new FormData(form));
  pair = null;
  try {
    hold(await send("sign_in", { email, password }));
    form.reset();
    told.value = `Signed in as ${email}.`;
  } catch (error) {
    told.value = error.message;
  }
});

leave.addEventListener("click", async () => {
  try {
    await send("sign_out", {});
  } finally {
    hold(null);
    told.value = "Signed out.";
  }
});
