// Preloaded into the emulators (`node --require`): they listen on this machine only, whatever
// address they ask for.
const { Server } = require('node:net');
const listen = Server.prototype.listen;
Server.prototype.listen = function (options, ...rest) {
  if (typeof options === 'object' && options !== null && options.port !== undefined) {
    return listen.call(this, { ...options, host: '127.0.0.1' }, ...rest);
  }
  const done = rest.find((argument) => typeof argument === 'function');
  return listen.call(this, { port: Number(options), host: '127.0.0.1' }, done);
};
