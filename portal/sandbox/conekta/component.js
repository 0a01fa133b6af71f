(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;

  function Card(parameters) {
    var config = parameters.config, options = parameters.options || {}, callbacks = parameters.callbacks || {};
    var target = document.querySelector(config.targetIFrame);
    var began = performance.now();
    var frame = document.createElement("iframe");

    function call(name, value) {
      if (callbacks[name]) callbacks[name](value);
    }

    function submit() {
      frame.contentWindow.postMessage({ form: "submit", key: config.publicKey }, origin);
      return Promise.resolve();
    }

    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== frame.contentWindow) return;
      if (event.data.form === "ready") {
        call("onGetInfoSuccess", { initLoadTime: performance.now() - began });
        if (config.useExternalSubmit) call("onUpdateSubmitTrigger", submit);
      }
      if (event.data.form === "token") call("onCreateTokenSucceeded", event.data.said);
      if (event.data.form === "error") call("onCreateTokenError", event.data.said);
      if (event.data.form === "incomplete") call("onFormError", { message: "incomplete" });
    });
    frame.title = config.locale === "en" ? "Card details" : "Datos de la tarjeta";
    frame.src = origin + "/component/card?locale=" + encodeURIComponent(config.locale) +
      (options.backgroundMode === "darkMode" ? "&dark=1" : "") +
      "&parent=" + encodeURIComponent(location.origin);
    frame.width = "100%";
    frame.height = "100%";
    target.appendChild(frame);
  }

  window.ConektaCheckoutComponents = { Card: Card };
})();
