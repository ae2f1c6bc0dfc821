package dev.millrace.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

class AmountsTest {
  @Test
  void durations() {
    assertEquals("0.00 s", Amounts.duration(3));
    assertEquals("9.99 s", Amounts.duration(9_999));
    assertEquals("10 s", Amounts.duration(10_000));
    assertEquals("1:00 min", Amounts.duration(59_600));
    assertEquals("1:01:01 h", Amounts.duration(3_661_000));
  }

  @Test
  void numbers() {
    assertEquals("999", Amounts.grouped(999));
    assertEquals("1,000", Amounts.grouped(1000));
    assertEquals("-1,234,567", Amounts.grouped(-1_234_567));
    assertEquals("-123", Amounts.grouped(-123));
    assertEquals("0.988858", Amounts.rounded(0.9888579387186629));
    assertEquals("1.23457E-9", Amounts.rounded(0.00000000123456789));
    assertEquals("1234570.5".substring(0, 7), Amounts.rounded(1234567.4).substring(0, 7));
    assertEquals("3", Amounts.rounded(3.0));
  }

  @Test
  void sizesAreReadAsTheyAreWritten() {
    assertEquals("312 B", Amounts.bytes(312));
    assertEquals("1.5 KiB", Amounts.bytes(1536));
    assertEquals("10.0 GiB", Amounts.bytes(10L << 30));
    assertEquals("512 MiB", Amounts.bytes(512L << 20));
    assertEquals(10L << 30, Amounts.parseBytes("10G"));
    assertEquals(512L << 20, Amounts.parseBytes("512 MiB"));
    assertEquals(8L << 30, Amounts.parseBytes("8Gi"));
    assertEquals(1000L, Amounts.parseBytes("1000"));
    assertEquals(7L, Amounts.parseBytes("7B"));
    assertNull(Amounts.parseBytes("x"));
    assertNull(Amounts.parseBytes("i"));
    assertNull(Amounts.parseBytes("10X"));
    assertNull(Amounts.parseBytes("99999999999P"));
    assertNull(Amounts.parseBytes(""));
  }
}
