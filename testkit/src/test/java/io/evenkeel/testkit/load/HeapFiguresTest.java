package io.evenkeel.testkit.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeapFiguresTest {

    @Test
    void addUpThePartsOfTheHeapWithALimit() {
        HeapFigures heap = HeapFigures.of(List.of(
                "# TYPE jvm_memory_max_bytes gauge",
                "jvm_memory_max_bytes{area=\"heap\",id=\"G1 Eden Space\"} -1.0",
                "jvm_memory_max_bytes{area=\"heap\",id=\"G1 Old Gen\"} 3.16669952E8",
                "jvm_memory_max_bytes{area=\"nonheap\",id=\"Metaspace\"} 5.0E8",
                "jvm_gc_live_data_size_bytes 1.5E8"));
        assertThat(heap).isEqualTo(new HeapFigures(150_000_000, 316_669_952));
    }
}
