CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0001');
CREATE TABLE deliveries (
	job VARCHAR(20) NOT NULL, 
	part VARCHAR(20) NOT NULL, 
	"order" INTEGER NOT NULL, 
	platform VARCHAR(20) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	in_doubt BOOLEAN NOT NULL, 
	message VARCHAR(40), 
	tries INTEGER NOT NULL, 
	due FLOAT NOT NULL, 
	error VARCHAR(500), 
	CONSTRAINT pk_deliveries PRIMARY KEY (job, part), 
	CONSTRAINT fk_deliveries_job FOREIGN KEY(job) REFERENCES jobs (id) ON DELETE CASCADE
);
INSERT INTO "deliveries" VALUES('olddone1','status',0,'test','sent',0,'m1',0,1795000001.0,NULL);
CREATE TABLE files (
	piece VARCHAR(20) NOT NULL, 
	ending VARCHAR(20) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	size BIGINT NOT NULL, 
	CONSTRAINT pk_files PRIMARY KEY (piece, ending), 
	CONSTRAINT fk_files_piece FOREIGN KEY(piece) REFERENCES pieces (id) ON DELETE CASCADE
);
INSERT INTO "files" VALUES('olddone1','.abc','chopin_keyboard_20261121_142312_olddone1.abc','1ea7cf9d60cad062d2684a91459e6ae54e0c4e2a0fd916932ab37016c096b7ac',146);
CREATE TABLE jobs (
	id VARCHAR(20) NOT NULL, 
	person VARCHAR(80) NOT NULL, 
	platform VARCHAR(20) NOT NULL, 
	guild VARCHAR(40), 
	language VARCHAR(8) NOT NULL, 
	state VARCHAR(12) NOT NULL, 
	wish JSON NOT NULL, 
	address JSON NOT NULL, 
	event_key VARCHAR(120) NOT NULL, 
	turn BIGINT NOT NULL, 
	attempt INTEGER NOT NULL, 
	crashes INTEGER NOT NULL, 
	created FLOAT NOT NULL, 
	started FLOAT, 
	finished FLOAT, 
	error VARCHAR(80), 
	detail VARCHAR(500), 
	CONSTRAINT pk_jobs PRIMARY KEY (id), 
	CONSTRAINT uq_jobs_event_key UNIQUE (event_key)
);
INSERT INTO "jobs" VALUES('olddone1','test:ann','test',NULL,'en','done','{"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard", "seed": 7, "bars": 4, "temperature": 1.0, "top_k": 9, "top_p": 0.9, "guidance": 0.5, "key": "Amin", "metre": "3/4", "tempo": 90, "parent": null, "guidance_asked": false, "pages": "picture", "audio": true}','{"platform": "test", "person": "ann", "chat": "room", "guild": null, "topic": null, "message": "m1", "token": null, "token_expires": null, "reply_to": null, "file_limit": null}','test:old1',1,1,0,1795000001.0,1795000002.0,1795000009.0,NULL,NULL);
INSERT INTO "jobs" VALUES('oldqueue','test:ann','test',NULL,'en','queued','{"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard", "seed": 8, "bars": 4, "temperature": 1.0, "top_k": 9, "top_p": 0.9, "guidance": 0.0, "key": null, "metre": null, "tempo": null, "parent": "olddone1", "guidance_asked": false, "pages": "pdf", "audio": false}','{"platform": "test", "person": "ann", "chat": "room", "guild": null, "topic": null, "message": "m2", "token": null, "token_expires": null, "reply_to": null, "file_limit": null}','test:old2',2,0,0,1795000002.0,NULL,NULL,NULL,NULL);
INSERT INTO "jobs" VALUES('oldruns1','test:ann','test',NULL,'en','running','{"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard", "seed": 9, "bars": 4, "temperature": 1.0, "top_k": 9, "top_p": 0.9, "guidance": 1.0, "key": null, "metre": null, "tempo": null, "parent": null, "guidance_asked": true, "pages": "picture", "audio": true}','{"platform": "test", "person": "ann", "chat": "room", "guild": null, "topic": null, "message": "m3", "token": null, "token_expires": null, "reply_to": null, "file_limit": null}','test:old3',3,1,0,1795000003.0,1795000010.0,NULL,NULL,NULL);
CREATE TABLE people (
	"key" VARCHAR(80) NOT NULL, 
	language VARCHAR(8), 
	settings JSON NOT NULL, 
	first_seen FLOAT NOT NULL, 
	last_seen FLOAT NOT NULL, 
	CONSTRAINT pk_people PRIMARY KEY ("key")
);
INSERT INTO "people" VALUES('test:ann',NULL,'{"bars": 8, "temperament": null, "pages": "pdf", "audio": true}',1.79595481663811874393e+09,1.79595481663811874393e+09);
CREATE TABLE pieces (
	id VARCHAR(20) NOT NULL, 
	person VARCHAR(80) NOT NULL, 
	platform VARCHAR(20) NOT NULL, 
	guild VARCHAR(40), 
	record JSON NOT NULL, 
	created FLOAT NOT NULL, 
	deleted FLOAT, 
	CONSTRAINT pk_pieces PRIMARY KEY (id)
);
INSERT INTO "pieces" VALUES('olddone1','test:ann','test',NULL,'{"id": "olddone1", "name": "chopin_keyboard_20261121_142312_olddone1", "title": "Keyboard piece in A minor", "credit": "Notabot, after Chopin", "key": "Amin", "made": "2026-11-21T14:23:12+00:00", "request": {"period": "Romantic", "composer": "Chopin, Frederic", "instrumentation": "Keyboard", "bars": 4, "key": "Amin", "metre": "3/4", "tempo": 90}, "seed": 7, "model": {"file": "notabot.safetensors", "sha256": "abababababababababababababababababababababababababababababababab"}, "sampling": {"temperature": 1.0, "top_k": 9, "top_p": 0.9, "guidance": 0.5}, "report_card": {"bars": 4, "bars_asked": 4, "bars_aligned": 4, "metre": "3/4", "tempo": "1/4=90", "seconds": 6.0}, "report": "4 bars, all aligned", "guidance_left_out": false, "timings": {"compose_s": 1.5}, "versions": {"notabot": "0.1.0"}, "files": ["chopin_keyboard_20261121_142312_olddone1.abc"]}',1795000009.0,NULL);
CREATE TABLE rules (
	kind VARCHAR(12) NOT NULL, 
	"key" VARCHAR(80) NOT NULL, 
	verdict VARCHAR(8), 
	quota INTEGER, 
	changed FLOAT NOT NULL, 
	CONSTRAINT pk_rules PRIMARY KEY (kind, "key")
);
CREATE TABLE switches (
	name VARCHAR(40) NOT NULL, 
	value JSON NOT NULL, 
	CONSTRAINT pk_switches PRIMARY KEY (name)
);
CREATE INDEX ix_jobs_guild_created ON jobs (guild, created);
CREATE INDEX ix_jobs_person_created ON jobs (person, created);
CREATE INDEX ix_jobs_state_turn_created ON jobs (state, turn, created);
CREATE INDEX ix_pieces_person_created ON pieces (person, created);
CREATE INDEX ix_deliveries_platform_state_due ON deliveries (platform, state, due);
CREATE INDEX ix_files_sha256 ON files (sha256);
