/** Bytes of one JSON document or form: what a webhook sends. */
export const maxMessageBytes = 2_000_000
/** Bytes of one CSV, XML or X12 file. */
export const maxFileBytes = 20_000_000
/** Objects and lists inside of one another, in any format and both ways. */
export const maxDepth = 60
/**
 * Values, keys, lists and objects of one JSON document; elements, attributes,
 * texts, references and comments of XML; segments and elements of X12.
 */
export const maxNodes = 500_000
/** Keys of one JSON document, over all of its objects. */
export const maxKeys = 100_000
/** Numbers of one JSON document that a double would change. */
export const maxExactNumbers = 50_000
/** Different keys in one JSON document. One that has more keys its objects by data. */
export const maxNames = 20_000
/** Different sets of keys that the objects of one JSON document have, among those behind its first 10,000 keys. */
export const maxShapes = 5_000
/** UTF-16 units of one text as it is written, in JSON, forms and XML; also of one X12 segment. */
export const maxTextLength = 65_536
/** Different names of elements and attributes in one XML document. */
export const maxXmlNames = 2_000
/** Attributes of one XML element. */
export const maxAttributes = 100
/** Columns of a CSV file. */
export const maxColumns = 500
/** Lines of a CSV file. */
export const maxCsvLines = 200_000
/** Fields of a CSV file, over all rows: 100,000 rows of 20 columns. */
export const maxCsvFields = 2_000_000
/** UTF-16 units of one CSV row: ends a quote that is never closed. */
export const maxCsvRowLength = 262_144
/** Fields of one form. */
export const maxFormFields = 10_000
/** Segments of an X12 file. */
export const maxSegments = 150_000
/** Elements of one X12 segment, components or repetitions of one element: their keys have two digits. */
export const maxX12Elements = 99
