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
      frame.contentWindow.postMessage({ conekta: "submit", key: config.publicKey }, origin);
      return Promise.resolve();
    }

    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== frame.contentWindow) return;
      if (event.data.conekta === "ready") {
        call("onGetInfoSuccess", { initLoadTime: performance.now() - began });
        if (config.useExternalSubmit) call("onUpdateSubmitTrigger", submit);
      }
      if (event.data.conekta === "token") call("onCreateTokenSucceeded", event.data.token);
      if (event.data.conekta === "error") call("onCreateTokenError", event.data.error);
      if (event.data.conekta === "incomplete") call("onFormError", { message: "incomplete" });
    });
    frame.title = config.locale === "en" ? "Card details" : "Datos de la tarjeta";
    frame.src = origin + "/component/card?locale=" + encodeURIComponent(config.locale) +
      "&mode=" + encodeURIComponent(options.backgroundMode || "lightMode") +
      "&parent=" + encodeURIComponent(location.origin);
    frame.width = "100%";
    frame.height = "100%";
    target.appendChild(frame);
  }

  window.ConektaCheckoutComponents = { Card: Card };
})();
