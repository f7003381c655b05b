package io.evenkeel.coordinator.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Tests the examples of RFC 7396, appendix A, in which document and patch are objects. */
class MergePatchTest {

    private final JsonMapper json = new JsonMapper();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'a':'b'}          | {'a':'c'}                | {'a':'c'}",
                "{'a':'b'}          | {'b':'c'}                | {'a':'b','b':'c'}",
                "{'a':'b'}          | {'a':null}               | {}",
                "{'a':'b','b':'c'}  | {'a':null}               | {'b':'c'}",
                "{'a':['b']}        | {'a':'c'}                | {'a':'c'}",
                "{'a':'c'}          | {'a':['b']}              | {'a':['b']}",
                "{'a':{'b':'c'}}    | {'a':{'b':'d','c':null}} | {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}  | {'a':[1]}                | {'a':[1]}",
                "{'e':null}         | {'a':1}                  | {'e':null,'a':1}",
                "{}                 | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}"
            })
    void appliesAPatch(String document, String patch, String result) {
        ObjectNode merged = read(document);

        MergePatch.apply(merged, read(patch));

        assertThat(merged).isEqualTo(read(result));
    }

    private ObjectNode read(String text) {
        return (ObjectNode) json.readTree(text.replace('\'', '"'));
    }
}
