export { record } from "../../../services/kit/test/support/record.ts";
