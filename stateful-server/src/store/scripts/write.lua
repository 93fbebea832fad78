local from, to, pointer, logins = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local read, value, left, before, random, linger = unpack(ARGV)
local stored = redis.call('GET', from)
if not stored then
  local successor = redis.call('GET', pointer)
  if not successor then return 'ended' end
  return successor == random and 'kept' or 'conflict'
end
if stored == value then return 'kept' end
if string.match(stored, '^%[(%d+),') ~= read then return 'conflict' end
redis.call('SET', to, value, 'PX', left)
redis.call('ZADD', logins, now + left, random)
if to ~= from then
  redis.call('DEL', from)
  redis.call('ZREM', logins, before)
  redis.call('SET', pointer, random, 'EX', linger)
end
settle(logins)
return 'kept'
