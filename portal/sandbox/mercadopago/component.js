(function () {
  "use strict";
  var origin = new URL(document.currentScript.src).origin;

  function create(name, container, settings, key, locale) {
    var callbacks = settings.callbacks || {};
    var visual = (settings.customization || {}).visual || {};
    var frame = document.createElement("iframe");
    var waiting = null;

    function settled(how, value) {
      if (waiting) waiting[how](value);
      waiting = null;
    }

    function failed(cause) {
      if (callbacks.onError) callbacks.onError({ type: "non_critical", cause: cause });
      settled("reject", new Error(cause));
    }

    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== frame.contentWindow) return;
      if (event.data.form === "ready" && callbacks.onReady) callbacks.onReady();
      if (event.data.form === "token") {
        settled("resolve", {
          token: event.data.said.id,
          payment_method_id: event.data.said.payment_method_id,
          installments: 1,
          transaction_amount: settings.initialization.amount
        });
      }
      if (event.data.form === "error") failed(event.data.said.message || "unreachable");
      if (event.data.form === "incomplete") failed("incomplete_fields");
    });
    if (name !== "cardPayment" || typeof settings.initialization.amount !== "number") {
      return Promise.reject(new Error("a card payment needs an amount"));
    }
    frame.title = locale.slice(0, 2) === "en" ? "Card details" : "Datos de la tarjeta";
    frame.src = origin + "/component/card?locale=" + encodeURIComponent(locale) +
      ((visual.style || {}).theme === "dark" ? "&dark=1" : "") +
      "&parent=" + encodeURIComponent(location.origin);
    frame.width = "100%";
    frame.style.height = "30rem";
    document.getElementById(container).appendChild(frame);
    return Promise.resolve({
      getFormData: function () {
        return new Promise(function (resolve, reject) {
          waiting = { resolve: resolve, reject: reject };
          frame.contentWindow.postMessage({ form: "submit", key: key }, origin);
        });
      },
      unmount: function () { frame.remove(); }
    });
  }

  window.MercadoPago = function (key, options) {
    var locale = (options || {}).locale || "es-MX";
    this.bricks = function () {
      return {
        create: function (name, container, settings) {
          return create(name, container, settings, key, locale);
        }
      };
    };
  };
})();
