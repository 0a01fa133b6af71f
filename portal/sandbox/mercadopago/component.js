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

    window.addEventListener("message", function (event) {
      if (event.origin !== origin || event.source !== frame.contentWindow) return;
      if (event.data.brick === "ready" && callbacks.onReady) callbacks.onReady();
      if (event.data.brick === "token") {
        settled("resolve", {
          token: event.data.token.id,
          payment_method_id: event.data.token.payment_method_id,
          installments: 1,
          transaction_amount: settings.initialization.amount
        });
      }
      if (event.data.brick === "error") {
        if (callbacks.onError) callbacks.onError({ type: "non_critical", cause: event.data.cause });
        settled("reject", new Error(event.data.cause));
      }
    });
    if (name !== "cardPayment" || typeof settings.initialization.amount !== "number") {
      return Promise.reject(new Error("a card payment needs an amount"));
    }
    frame.title = locale.slice(0, 2) === "en" ? "Card details" : "Datos de la tarjeta";
    frame.src = origin + "/component/card?locale=" + encodeURIComponent(locale) +
      "&theme=" + encodeURIComponent((visual.style || {}).theme || "default") +
      "&parent=" + encodeURIComponent(location.origin);
    frame.width = "100%";
    frame.style.height = "30rem";
    document.getElementById(container).appendChild(frame);
    return Promise.resolve({
      getFormData: function () {
        return new Promise(function (resolve, reject) {
          waiting = { resolve: resolve, reject: reject };
          frame.contentWindow.postMessage({ brick: "submit", key: key }, origin);
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
