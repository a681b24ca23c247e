/** A character that XML 1.0 does not take, in any way of writing: control characters but tab and line ends. */
export const forbiddenCharacter = /[^\P{Cc}\t\n\r\u007f-\u009f]|[\ufffe\uffff]/u
