local session, logins = KEYS[1], KEYS[2]
local value, left, random = unpack(ARGV)
redis.call('SET', session, value, 'PX', left)
redis.call('ZADD', logins, now + left, random)
settle(logins)
