(function () {
  "use strict";
  var LOST = 30000;
  var form = document.getElementById("form");
{% include "pages/card_box.js" %}

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
    if (busy || !submit || !check()) return;
    lock(settings.checking);
    say("");
    patience = setTimeout(function () { unlock(settings.card_silent); }, LOST);
    Promise.resolve(submit()).catch(refused);
  });

  // Whoever comes back to the form may have paid with it.
  function ask() {
    busy = true;
    button.disabled = true;
    look(settings.status_url).then(function (same) {
      if (same) unlock("");
    }).catch(unsure);
  }

  window.addEventListener("pageshow", function (event) {
    var entry = performance.getEntriesByType && performance.getEntriesByType("navigation")[0];
    // A card token that the browser has kept is spent.
    if (!busy || event.persisted) form.elements.token_tarjeta.value = "";
    if (event.persisted || (entry && entry.type === "back_forward")) ask();
  });

  load();
})();
