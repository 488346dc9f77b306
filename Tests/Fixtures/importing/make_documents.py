"""Makes the documents that no text file can be: Word files, good and broken ones. Usage: make_documents.py FOLDER"""
import os
import struct
import sys
import zipfile
import zlib

folder = sys.argv[1]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def path(name):
    return os.path.join(folder, name)


def paragraph(text, bold=False, properties=""):
    run = "<w:rPr><w:b/></w:rPr>" if bold else ""
    words = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<w:p><w:pPr>{properties}</w:pPr><w:r>{run}<w:t xml:space="preserve">{words}</w:t></w:r></w:p>'


def numbered(text, level, bold=False):
    return paragraph(text, bold, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="7"/></w:numPr>')


def cell(text, merge="", span=1):
    properties = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    properties += {"": "", "start": '<w:vMerge w:val="restart"/>', "go on": "<w:vMerge/>"}[merge]
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{''.join(paragraph(line) for line in text.split(chr(10)))}</w:tc>"


def row(*cells, properties=""):
    return f"<w:tr>{properties}{''.join(cells)}</w:tr>"


def document(body):
    return f'<?xml version="1.0" encoding="UTF-8"?><w:document {W}><w:body>{body}<w:sectPr/></w:body></w:document>'


def numbering():
    formats = [("upperRoman", "%1."), ("decimal", "%2."), ("lowerLetter", "%3)"), ("bullet", "-")]
    levels = "".join(
        f'<w:lvl w:ilvl="{i}"><w:start w:val="1"/><w:numFmt w:val="{f}"/><w:lvlText w:val="{t}"/></w:lvl>'
        for i, (f, t) in enumerate(formats)
    )
    return (
        f'<?xml version="1.0"?><w:numbering {W}><w:abstractNum w:abstractNumId="3">{levels}</w:abstractNum>'
        '<w:num w:numId="7"><w:abstractNumId w:val="3"/></w:num></w:numbering>'
    )


def word(name, body, more=()):
    with zipfile.ZipFile(path(name), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", document(body))
        for part, text in more:
            archive.writestr(part, text)


def merged_plan():
    head = "<w:tbl>" + row(
        cell("ỦY BAN NHÂN DÂN\nXÃ CẨM GIÀNG\nSố: 52/KH-UBND"),
        cell("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\nCẩm Giàng, ngày 04 tháng 9 năm 2026"),
    ) + "</w:tbl>"
    deleted = '<w:p><w:del><w:r><w:delText>Bỏ đi</w:delText></w:r></w:del><w:ins><w:r><w:t>PHỤ LỤC</w:t></w:r></w:ins></w:p>'
    table = "<w:tbl>" + "".join([
        row(cell("TT", "start"), cell("Nội dung công việc", "start"), cell("Phân công", span=2), cell("Thời hạn", "start")),
        row(cell("", "go on"), cell("", "go on"), cell("Chủ trì"), cell("Phối hợp"), cell("", "go on")),
        row(cell("I. Công tác chuẩn bị", span=5)),
        row(cell("1", "start"), cell("Rà soát hộ nghèo, hộ cận nghèo năm 2026", "start"), cell("Phòng Văn hóa - Xã hội"),
            cell("Các cơ quan, tổ chức, đơn vị"), cell("Trước ngày 30/9/2026")),
        row(cell("", "go on"), cell("", "go on"), cell("Phòng Kinh tế"), cell(""), cell("Trước ngày 15/10/2026")),
        row(cell("2"), cell("Niêm yết công khai danh sách"), cell("Trung tâm Dịch vụ\ntổng hợp"), cell(""),
            cell("Tháng 10/2026", "start")),
        row(cell("3"), cell("Tiếp nhận ý kiến của người dân"), cell("Trung tâm PVHCC"), cell(""), cell("", "go on")),
        row(cell("4"), cell("Dòng đã xóa"), cell("Phòng Kinh tế"), cell(""), cell("Năm 2026"),
            properties='<w:trPr><w:del w:id="1"/></w:trPr>'),
    ]) + "</w:tbl>"
    body = head + paragraph("KẾ HOẠCH", True) + paragraph("Rà soát hộ nghèo, hộ cận nghèo năm 2026 trên địa bàn xã", True)
    body += paragraph("UBND xã Cẩm Giàng xây dựng Kế hoạch như sau:")
    body += numbered("MỤC ĐÍCH, YÊU CẦU", 0, True) + numbered("Mục đích", 1) + numbered("Xác định đúng hộ nghèo.", 2)
    body += numbered("NHIỆM VỤ", 0, True) + numbered("Công tác tuyên truyền", 1)
    body += numbered("Phổ biến tiêu chí rà soát đến các thôn.", 2)
    body += numbered("Cơ quan chủ trì: Trung tâm Dịch vụ tổng hợp.", 3)
    body += numbered("Thời gian thực hiện: Trong tháng 9/2026.", 3)
    body += numbered("Tập huấn điều tra viên.", 2)
    body += numbered("Cơ quan chủ trì: Phòng Văn hóa - Xã hội.", 3) + numbered("Thời gian thực hiện: 20/9/2026.", 3)
    body += paragraph("Nơi nhận:") + deleted + table
    word("52-KH-UBND.docx", body, [("word/numbering.xml", numbering())])


def bomb(name, part, start):
    """Ten gigabytes out of ten megabytes: one flushed block of deflate, ten thousand times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    head = packer.compress(start) + packer.flush(zlib.Z_FULL_FLUSH)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    count = 10 * 1024
    packed = len(head) + len(block) * count + 2
    size = min(0xFFFFFFFE, 1 << 20)  # a liar, as bombs are
    fields = (20, 0, 8, 0, 0, 0, packed, size, len(part), 0)
    with open(path(name), "wb") as out:
        out.write(b"PK\x03\x04" + struct.pack("<HHHHHLLLHH", *fields) + part + head)
        for _ in range(count):
            out.write(block)
        out.write(b"\x03\x00")
        at = out.tell()
        central = b"PK\x01\x02" + struct.pack("<HHHHHHLLLHHHHHLL", 20, 20, 0, 8, 0, 0, 0, packed, size, len(part), 0, 0, 0, 0, 0, 0)
        out.write(central + part + b"PK\x05\x06" + struct.pack("<HHHHLLH", 0, 0, 1, 1, len(central) + len(part), at, 0))


def broken_ones():
    start = document("").split("<w:sectPr")[0].encode()
    bomb("bomb.docx", b"word/document.xml", start)
    bomb("bomb-other-part.docx", b"word/media/image1.png", b"")
    good = open(path("52-KH-UBND.docx"), "rb").read()
    open(path("cut.docx"), "wb").write(good[: len(good) // 2])
    open(path("tail.docx"), "wb").write(good[len(good) // 2:])
    noisy = bytearray(good)
    noisy[60:400] = os.urandom(340)
    open(path("noisy.docx"), "wb").write(noisy)
    locked = bytearray(good)
    at = 0
    while (at := locked.find(b"PK\x01\x02", at)) >= 0:
        locked[at + 8] |= 1
        local = struct.unpack("<L", locked[at + 42:at + 46])[0]
        locked[local + 6] |= 1
        at += 4
    open(path("password-zip.docx"), "wb").write(locked)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(5000)
    open(path("password.docx"), "wb").write(ole + "EncryptedPackage".encode("utf-16-le") + bytes(500))
    open(path("old.doc"), "wb").write(ole + "WordDocument".encode("utf-16-le") + bytes(500))
    with zipfile.ZipFile(path("other.zip"), "w") as archive:
        archive.writestr("a.txt", "a")
    with zipfile.ZipFile(path("text.odt"), "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", "<x/>")
    word("laughs.docx", "")
    entities = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 20}">' for i in range(12)
    )
    with zipfile.ZipFile(path("laughs.docx"), "w") as archive:
        archive.writestr("word/document.xml", f"<!DOCTYPE x [{entities}]><x>&m;</x>")
    with zipfile.ZipFile(path("secret-file.docx"), "w") as archive:
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>')
    with zipfile.ZipFile(path("deep.docx"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<a>" * 15_000_000)
    with zipfile.ZipFile(path("long-tag.docx"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<a " + "b" * 60_000_000)
    word("much-text.docx", paragraph("Nội dung " * 100) * 40_000)
    open(path("empty.txt"), "wb").close()
    open(path("blank.txt"), "wb").write(b"\xef\xbb\xbf \n\t\n")
    open(path("plan.pdf"), "wb").write(b"%PDF-1.7\n" + bytes(range(256)) * 20)
    open(path("old-letters.txt"), "wb").write("KÕ ho¹ch triÓn khai c«ng t¸c".encode("latin-1"))
    open(path("picture.png"), "wb").write(b"\x89PNG\r\n\x1a\n" + bytes(200))
    open(path("binary.txt"), "wb").write(b"So: 1/KH-UBND\0\0\0")
    open(path("no-task.txt"), "w").write("Số: 1/KH-UBND\nCẩm Giàng, ngày 1 tháng 6 năm 2026\nKẾ HOẠCH\nVề việc khác\nKhông có gì.\n")
    open(path("no-date.txt"), "w").write("KẾ HOẠCH\nViệc\n1. Giao Phòng Kinh tế báo cáo trước ngày 30/6/2026.\n")
    with open(path("huge.txt"), "wb") as out:
        out.truncate(60 << 20)


def other_encodings():
    text = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "41-KH-UBND.txt"), encoding="utf-8").read()
    open(path("utf16-le.txt"), "wb").write(b"\xff\xfe" + text.encode("utf-16-le"))
    open(path("utf16-be.txt"), "wb").write(b"\xfe\xff" + text.encode("utf-16-be"))
    open(path("utf8-mark.txt"), "wb").write(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())


merged_plan()
broken_ones()
other_encodings()
