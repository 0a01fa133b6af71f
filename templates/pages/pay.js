(function () {
  "use strict";
  var SLOW = 8000, LOST = 30000;
  var settings = JSON.parse(document.getElementById("settings").textContent);
  var form = document.getElementById("form");
  var button = document.getElementById("pay");
  var box = document.getElementById("card");
  var trouble = document.getElementById("trouble");
  var reload = document.getElementById("reload");
  var label = button.textContent;
  var tokenize = null, busy = false, told = false, patience = 0;

  function say(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
    if (text) trouble.scrollIntoView({ block: "center" });
  }

  function unlock(text) {
    clearTimeout(patience);
    busy = false;
    button.disabled = !tokenize;
    button.textContent = label;
    say(text);
  }

  function unreachable() {
    if (tokenize || told) return;
    told = true;
    box.hidden = true;
    say(settings.unreachable);
    reload.hidden = false;
    var body = new FormData();
    body.append("compra", form.elements.compra.value);
    fetch(settings.report_url, { method: "POST", body: body }).catch(function () {});
  }

  function ready(submit) {
    tokenize = submit;
    box.hidden = false;
    reload.hidden = true;
    box.removeAttribute("aria-busy");
    var wait = document.getElementById("wait");
    if (wait) wait.remove();
    if (!busy) unlock("");
  }

  function paidWith(token) {
    if (!busy || form.elements.token_tarjeta.value) return;
    clearTimeout(patience);
    form.elements.token_tarjeta.value = token.id;
    button.textContent = settings.paying;
    form.submit();
  }

  function refused(error) {
    if (busy) unlock((error && error.message_to_purchaser) || settings.card_refused);
  }

  // It says how to show the provider's own card form.
{% include "pages/components/" ~ checkout.component ~ ".js" %}

  // Before the card is asked about: it would have to be typed again.
  var good = { email_cliente: /^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$/, telefono_cliente: /^(\D*\d){0,19}\D*$/ };

  function check() {
    var wrong = Object.keys(good).filter(function (name) {
      var field = form.elements[name], says = document.getElementById(name + "-wrong");
      var bad = !good[name].test(field.value);
      says.textContent = bad ? settings.wrong[name] : "";
      says.hidden = !bad;
      if (bad) field.setAttribute("aria-invalid", "true");
      else field.removeAttribute("aria-invalid");
      return bad;
    });
    if (wrong.length) form.elements[wrong[0]].focus();
    return !wrong.length;
  }

  form.addEventListener("submit", function (event) {
    event.preventDefault();
    if (busy || !tokenize || !check()) return;
    busy = true;
    button.disabled = true;
    button.textContent = settings.checking;
    say("");
    patience = setTimeout(function () { unlock(settings.card_silent); }, LOST);
    Promise.resolve(tokenize()).catch(refused);
  });

  // Whoever comes back to the form may have paid with it.
  function ask() {
    var body = new FormData();
    body.append("compra", form.elements.compra.value);
    busy = true;
    button.disabled = true;
    fetch(settings.status_url, { method: "POST", body: body }).then(function (answer) {
      if (!answer.ok) throw new Error(answer.status);
      return answer.json();
    }).then(function (said) {
      if (said.ir) location.replace(said.ir);
      else unlock("");
    }).catch(function () {
      say(settings.unsure);
      reload.hidden = false;
    });
  }

  window.addEventListener("pageshow", function (event) {
    var entry = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
    // A card token that the browser has kept is spent.
    if (!busy || event.persisted) form.elements.token_tarjeta.value = "";
    if (event.persisted || (entry && entry.type === "back_forward")) ask();
  });

  var script = document.createElement("script");
  script.src = settings.script_url;
  script.async = true;
  script.onload = function () {
    try { show(); } catch (error) { unreachable(); }
  };
  script.onerror = unreachable;
  setTimeout(unreachable, SLOW);
  document.head.appendChild(script);
})();
