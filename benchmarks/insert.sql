-- One pgbench transaction: stores the bytes of one message, like the coordinator's table message_payload.
INSERT INTO evenkeel_yardstick (data) VALUES (:payload);
