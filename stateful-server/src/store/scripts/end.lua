local logins, tag = KEYS[1], ARGV[1]
for at = 2, #ARGV do
  local random = ARGV[at]
  while random do
    local pointer = 'renewed:' .. tag .. random
    local successor = redis.call('GET', pointer)
    redis.call('DEL', 'session:' .. tag .. random, pointer)
    redis.call('ZREM', logins, random)
    random = successor
  end
end
settle(logins)
