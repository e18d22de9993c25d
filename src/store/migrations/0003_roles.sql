-- Before there were roles every user was an administrator. Now who has no role of their own is a tenant user.

UPDATE user SET own = json_set(own, '$.role', 'administrator') WHERE json_extract(own, '$.role') IS NULL;
