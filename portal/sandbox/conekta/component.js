(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;

  // What the frame says, and whom it is told to.
  var TOLD = {
    token: "onCreateTokenSucceeded",
    paid: "onFinalizePayment",
    declined: "onChargeFailed",
    incomplete: "onFormError"
  };

  function open(parameters, query, error) {
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
      if (event.data.height && options.autoResize) frame.style.height = event.data.height + "px";
      if (event.data.form === "error") call(error, event.data.said);
      if (TOLD[event.data.form]) call(TOLD[event.data.form], event.data.said || { message: "incomplete" });
    });
    frame.title = config.locale === "en" ? "Card details" : "Datos de la tarjeta";
    frame.src = origin + "/component/card?locale=" + encodeURIComponent(config.locale) + query +
      (options.backgroundMode === "darkMode" ? "&dark=1" : "") +
      "&parent=" + encodeURIComponent(location.origin);
    frame.width = "100%";
    frame.height = "100%";
    frame.allow = "payment";
    target.appendChild(frame);
  }

  window.ConektaCheckoutComponents = {
    Card: function (parameters) { open(parameters, "", "onCreateTokenError"); },
    Integration: function (parameters) {
      var checkout = encodeURIComponent(parameters.config.checkoutRequestId);
      open(parameters, "&checkout=" + checkout, "onErrorPayment");
    }
  };
})();
