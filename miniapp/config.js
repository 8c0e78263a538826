// What a city sets before it publishes: where it is reached, and its subscribe messages.
module.exports = {
  // The city's address, with its path where several cities share a host; no slash at the end.
  base: 'https://gongyi.example',
  // Kinds of message and the ids that WeChat gave to their templates; see docs/miniapp.md.
  templates: {}
};
