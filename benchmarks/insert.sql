-- One transaction of pgbench: stores the bytes of one message, as the coordinator's table message_payload does.
INSERT INTO evenkeel_yardstick (data) VALUES (:payload);
