package io.evenkeel.coordinator;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** The coordinator as a Spring Boot service. */
@SpringBootApplication
public class CoordinatorApplication {

    /**
     * Starts the service.
     *
     * @param args Spring Boot's command line, such as {@code --server.port=8080}
     */
    public static void main(String[] args) {
        SpringApplication.run(CoordinatorApplication.class, args);
    }
}
