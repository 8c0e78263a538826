const api = require('../../utils/api.js');

Page({
  data: { busy: false, fault: '', privacy: '' },

  onLoad: function () {
    const page = this;
    wx.getPrivacySetting({
      success: function (got) {
        if (got.needAuthorization) page.setData({ privacy: got.privacyContractName });
      }
    });
  },

  readPrivacy: function () { wx.openPrivacyContract({}); },

  agreed: function () { this.setData({ privacy: '' }); },

  // phone takes the code of the phone number button. Whoever refuses is told what works without.
  phone: function (event) {
    const page = this;
    if (!event.detail.code) {
      return page.setData({ fault: '没有手机号不能报名和打卡，可以先看看活，或打服务电话 12333。' });
    }
    page.setData({ busy: true, fault: '' });
    api.enterByPhone(event.detail.code).then(api.subscribe).then(function () {
      wx.switchTab({ url: '/pages/index/index' });
    }).catch(function (wrong) {
      page.setData({ fault: wrong.title });
    }).then(function () { page.setData({ busy: false }); });
  },

  later: function () { wx.switchTab({ url: '/pages/index/index' }); }
});
