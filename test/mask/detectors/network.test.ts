import { describe, expect, it } from 'vitest';
import { found } from './found.ts';

describe('ip-address', () => {
  it.each([
    ['10.0.0.1', ['10.0.0.1']],
    ['from 192.168.1.1:8080', ['192.168.1.1']],
    ['10.0.0.0/8, 255.255.255.0', ['10.0.0.0/8', '255.255.255.0']],
    ['http://203.0.113.7/x', ['203.0.113.7']],
    ['Server at 8.8.8.8.', ['8.8.8.8']],
    ['10.0.0.1-10.0.0.20', ['10.0.0.1', '10.0.0.20']],
    ['\\n10.1.2.3\\n', ['10.1.2.3']],
    ['"ip":"127.0.0.1"', ['127.0.0.1']],
    ['::1', ['::1']],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]:443', ['2001:db8::1']],
    ['2001:0DB8:85A3:0000:0000:8A2E:0370:7334', ['2001:0DB8:85A3:0000:0000:8A2E:0370:7334']],
    ['ping fe80::1%eth0 now', ['fe80::1%eth0']],
    ['::ffff:192.0.2.1', ['::ffff:192.0.2.1']],
    ['2001:db8::/32', ['2001:db8::/32']],
    ['addr:2001:db8::8a2e:370:7334.', ['2001:db8::8a2e:370:7334']],
    ['10.0.0.1 and 2001:db8::1', ['10.0.0.1', '2001:db8::1']],
  ])('finds in %j', (text, expected) => {
    expect(found('ip-address', text)).toEqual(expected);
  });

  it.each([
    'v1.2.3.4',
    'version 1.2.3.4',
    '"version":"1.2.3.4"',
    'Chrome/120.0.0.0 Safari/537.36',
    'Chrome/122.0.170.41',
    'nginx-1.2.3.4.tar.gz',
    '1.2.3.4-beta',
    '1.2.3.4.5',
    '1.3.6.1.4.1.311',
    'section 1.2.3.4',
    '\u00a7 1.2.3.4',
    '256.1.1.1',
    '01.02.03.04',
    '12:30:45',
    'a::b',
    'std::vector',
    'dead::beef',
    'values[::2]',
    '::',
    '2026-11-21T12:30:45',
    'aa:bb:cc:dd:ee:ff',
    'key:value:1',
    '[2001:dbz::1]',
    'zip:all <none> 1.2.5.1-2',
  ])('finds nothing in %j', (text) => {
    expect(found('ip-address', text)).toEqual([]);
  });

  it('takes four numbers in a field called version for a version', () => {
    expect(found('ip-address', '1.2.3.4', 'version')).toEqual([]);
    expect(found('ip-address', '1.2.3.4', 'clientIp')).toEqual(['1.2.3.4']);
  });

  it.each(['1.', '1.2.3.4.', '10.0.0.1 ', ':', '::1 ', 'a:', '::', '2001:db8::1 ', '1:1'])(
    'takes linear time on %j, repeated',
    (part) => {
      expect(found('ip-address', part.repeat(100_000)).length).toBeLessThanOrEqual(100_000);
    },
  );
});

describe('mac-address', () => {
  it.each([
    ['aa:bb:cc:dd:ee:ff', ['aa:bb:cc:dd:ee:ff']],
    ['00-1A-2B-3C-4D-5E', ['00-1A-2B-3C-4D-5E']],
    ['001a.2b3c.4d5e', ['001a.2b3c.4d5e']],
    ['eui 00:11:22:33:44:55:66:77', ['00:11:22:33:44:55:66:77']],
    ['mac:00:11:22:33:44:55', ['00:11:22:33:44:55']],
    ['78-61-62-30-05-94', ['78-61-62-30-05-94']],
    ['MAC address 001122334455', ['001122334455']],
    ['{"macAddr":"0011.2233.4455"}', ['0011.2233.4455']],
  ])('finds in %j', (text, expected) => {
    expect(found('mac-address', text)).toEqual(expected);
  });

  it.each([
    '20-11-26-10-30-00',
    '001122334455',
    '1234.5678.9012',
    'ff:ff:ff:ff:ff:ff',
    '00:00:00:00:00:00',
    'aa:bb:cc:dd:ee',
    'aa:bb:cc:dd:ee:ff:00:11:22',
    'SHA1 aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd',
    '550e8400-e29b-41d4-a716-446655440000',
    '12:30:45',
  ])('finds nothing in %j', (text) => {
    expect(found('mac-address', text)).toEqual([]);
  });

  it.each(['aa:', 'aa-', 'aaaa.', ':', 'aa:bb:cc:dd:ee:ff ', 'a:'])(
    'takes linear time on %j, repeated',
    (part) => {
      expect(found('mac-address', part.repeat(100_000)).length).toBeLessThanOrEqual(100_000);
    },
  );
});
