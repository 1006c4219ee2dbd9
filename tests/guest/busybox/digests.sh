# md5sum, sha1sum, sha256sum, sha512sum, sha3sum, crc32, base64, uuencode over generated files.
awk 'BEGIN { for (i = 0; i < 3000; i++) printf "%d line %d\n", i, i * i % 1013 }' >data
: >empty
printf a >one
for sum in md5sum sha1sum sha256sum sha512sum sha3sum crc32; do
    echo $sum
    $sum empty one data
done
md5sum data one >list
md5sum -c list
head -c 100 data | base64
base64 data | base64 -d | cmp - data && echo same
uuencode -m one name <one
dd if=data bs=1000 count=3 skip=2 2>/dev/null | md5sum
dd if=/dev/zero bs=64k count=4 2>/dev/null | sha1sum
