-- Loops that a tracing compiler compiles: integers, doubles, strings, tables, closures, a metatable.
local function lcg(n)
    local x, sum = 12345, 0
    for _ = 1, n do
        x = (x * 1103515245 + 12345) % 2147483648
        sum = (sum + x) % 1000000007
    end
    return sum
end

local function sieve(n)
    local composite, count = {}, 0
    for i = 2, n do
        if not composite[i] then
            count = count + 1
            for k = i * i, n, i do composite[k] = true end
        end
    end
    return count
end

local function series(n)
    local s = 0
    for k = 1, n do s = s + math.sin(k) / k + math.sqrt(k) % 1 end
    return s
end

local function words(n)
    local t = {}
    for k = 1, n do t[#t + 1] = string.format("%x", k * 2654435761 % 65536) end
    table.sort(t)
    return #table.concat(t), t[1], t[#t]
end

local point = {}
point.__index = point
point.__add = function(a, b) return setmetatable({x = a.x + b.x, y = a.y - b.y}, point) end
local function walk(n)
    local p, step = setmetatable({x = 0, y = 0}, point), setmetatable({x = 1.5, y = 0.25}, point)
    for _ = 1, n do p = p + step end
    return p.x, p.y
end

print(lcg(300000))
print(sieve(20000))
print(string.format("%.17g", series(50000)))
print(words(3000))
print(walk(40000))
