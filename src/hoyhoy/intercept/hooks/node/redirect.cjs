'use strict';
// Loaded by every Node that `hoyhoy run` starts (NODE_OPTIONS --require): TLS connections to Twilio's hosts go to
// the exchange's TLS port instead, with the original name as SNI. Covers npm twilio, twilio-cli and the built-in
// fetch without touching HTTP_PROXY. A connection over a ready-made socket (a proxy agent's) is left alone.
// Written so that old Nodes can read it, and never throws while loading.
(function () {
  var address = /^(.*):(\d+)$/.exec(process.env.HOYHOY_TLS || '');
  if (!address) return;
  var host = address[1].replace(/^\[|\]$/g, '');
  var port = Number(address[2]);

  function isOurs(name) {
    var bare = String(name || '').toLowerCase().replace(/\.+$/, '');
    return bare === 'twilio.com' || bare.slice(-11) === '.twilio.com';
  }

  try {
    var tls = require('tls');
    var connect = tls.connect;
    tls.connect = function () {
      // connect(options[, callback]), connect(port[, host][, options][, callback]), connect(path, ...)
      var args = Array.prototype.slice.call(arguments);
      var callback = typeof args[args.length - 1] === 'function' ? args.pop() : undefined;
      var options = {};
      for (var i = 0; i < args.length; i++) {
        if (args[i] && typeof args[i] === 'object') options = Object.assign(options, args[i]);
        else if (i === 1 && typeof args[i] === 'string') options.host = args[i];
      }
      var name = options.host || options.hostname;
      if (options.socket || options.path || !isOurs(name)) return connect.apply(this, arguments);
      options.servername = options.servername || String(name).replace(/\.+$/, '');
      options.host = host;
      options.port = port;
      delete options.hostname;
      delete options.lookup;
      return connect.call(this, options, callback);
    };
    var modules = require('module');
    if (modules.syncBuiltinESMExports) modules.syncBuiltinESMExports();
  } catch (error) {
    // Without the hook the program runs as it always did.
  }
})();
