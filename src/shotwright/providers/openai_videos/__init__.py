"""The `/v1/videos` protocol that OpenAI began and others speak on. Shared by the vendors `openai` and `azure`."""
