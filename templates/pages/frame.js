(function () {
  "use strict";
  var LOST = 45000, LOOK = 10000;
{% include "pages/card_box.js" %}
  var pressed = false;

  // The order decides: whatever the frame says leads to a look at it, and to nothing else.
  function ended(text) {
    return function (error) {
      clearTimeout(patience);
      lock(settings.confirming);
      look(settings.status_url).then(function (same) {
        if (same) unlock((error && error.message_to_purchaser) || text);
      }).catch(function () {
        unlock("");
        unsure();
      });
    };
  }

  function paid() {
    clearTimeout(patience);
    lock(settings.confirming);
    look(settings.status_url).then(function (same) {
      if (same) location.replace(settings.done_url);
    }).catch(unsure);
  }

  function incomplete() {
    if (busy) unlock(settings.card_incomplete);
  }

  var failed = ended(settings.card_refused);

  // It says how to show the provider's own frame.
{% include "pages/components/" ~ checkout.component ~ "_frame.js" %}

  function send() {
    lock(settings.paying);
    Promise.resolve(submit()).catch(failed);
  }

  document.getElementById("form").addEventListener("submit", function (event) {
    event.preventDefault();
    if (busy || !submit) return;
    lock(settings.paying);
    say("");
    reload.hidden = true;
    // The bank may be asking for a code in the frame, which takes as long as it takes.
    patience = setTimeout(function () { unlock(settings.card_silent); }, LOST);
    if (!pressed) send();
    else look(settings.status_url).then(function (same) { if (same) send(); }).catch(function () {
      unlock("");
      unsure();
    });
    pressed = true;
  });

  // A wallet, another page or the webhook may have been faster than the frame's own word.
  setInterval(function () {
    if (document.visibilityState !== "visible") return;
    fetch(settings.status_url).then(function (answer) { return answer.json(); }).then(function (said) {
      if (said.ir) location.replace(said.ir);
    }).catch(function () {});
  }, LOOK);

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) look(settings.status_url).catch(unsure);
  });

  load();
})();
